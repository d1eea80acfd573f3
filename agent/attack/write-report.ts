import type { AttackGroup, Observation } from './attack.ts'
import { attackGroups } from './attack.ts'
import type { AttackResult } from './run-attacks.ts'

export interface AttackReport {
  readonly tool: 'sallyport-agent attack'
  readonly version: string
  readonly node: string
  readonly platform: string
  /** ISO 8601, UTC. */
  readonly began: string
  readonly ended: string
  readonly device: { readonly id: string; readonly name: string; readonly site: string }
  readonly services: readonly { readonly name: string; readonly kind: string }[]
  readonly passed: boolean
  readonly notes: readonly string[]
  readonly attacks: readonly {
    readonly id: string
    readonly group: AttackGroup
    readonly tried: string
    readonly expected: string
    readonly passed: boolean
    readonly problem: string | null
    readonly happened: readonly Observation[]
  }[]
}

export function attackReport(
  options: Omit<AttackReport, 'tool' | 'passed' | 'attacks'> & { readonly results: readonly AttackResult[] },
): AttackReport {
  const { results, ...rest } = options
  return {
    tool: 'sallyport-agent attack',
    ...rest,
    passed: results.length > 0 && results.every(({ passed }) => passed),
    attacks: results.map(({ attack: { id, group, tried, expected }, passed, problem, observations }) => ({
      id,
      group,
      tried,
      expected,
      passed,
      problem,
      happened: observations,
    })),
  }
}

const groupTitles: Readonly<Record<AttackGroup, string>> = {
  streams: 'Connections that nobody allowed',
  lanes: 'Connections beside the tunnel',
  consent: 'Consent that nobody gave',
  calls: 'Calls for help',
  talk: 'What is shown and said in a session',
  switches: "The customer's switches",
  http: 'Requests that hide something',
  floods: 'Floods',
  nonsense: 'Nonsense',
  machine: 'The machine from outside',
  records: 'Records that were tampered with',
}

/** For people: Markdown. */
export function reportText(report: AttackReport): string {
  const failed = report.attacks.filter(({ passed }) => !passed)
  const verdict = report.passed
    ? `**Passed.** All ${report.attacks.length} attacks were held off.`
    : `**Failed.** ${failed.length} of ${report.attacks.length} attacks were not held off: ${failed.map(({ id }) => id).join(', ')}.`
  return [
    `# Attack on ${cell(report.device.name)}`,
    verdict,
    table(
      ['', ''],
      [
        ['Device', `${report.device.name} (${report.device.id}), ${report.device.site}`],
        ['Services', report.services.map(({ name, kind }) => `${name} (${kind})`).join(', ') || 'none'],
        ['Agent', `${report.version}, Node ${report.node}, ${report.platform}`],
        ['Began', report.began],
        ['Ended', report.ended],
      ],
    ),
    `A gateway that was taken over, with a certificate that this agent trusts, tried what follows against the customer's configuration. ${howIsRead}`,
    report.notes.map((note) => `- ${note}`).join('\n'),
    ...attackGroups.flatMap((group) => groupText(report, group)),
    '## What this does not show',
    doesNotShow,
    '',
  ].join('\n\n')
}

const howIsRead =
  'A witness stood in the place of every service and wrote down each connection and each byte. The agent ran in a process and a state directory of its own; ' +
  'the running agent, its state and the real services were not touched.'
const doesNotShow =
  'Who is root on the machine can change the agent itself, its key and its records; the ledger of the gateway has its own copy of what was approved. ' +
  'What a technician does inside a session that somebody approved is not attacked here. An attack that is not in this list was not tried.'

function groupText({ attacks }: AttackReport, group: AttackGroup): string[] {
  const own = attacks.filter((attack) => attack.group === group)
  if (own.length === 0) return []
  const rows = own.map(({ id, tried, expected, passed, problem, happened }) => [
    passed ? 'passed' : '**FAILED**',
    `\`${id}\`: ${tried}`,
    expected,
    [...(problem === null ? [] : [`**could not be tried to its end: ${problem}**`]), ...shortened(happened)].join('; '),
  ])
  return [`## ${groupTitles[group]}`, table(['', 'What was tried', 'What has to happen', 'What happened'], rows)]
}

const mostShown = 6

/** What failed, all of it; of what held so much as people read. */
function shortened(happened: readonly Observation[]): string[] {
  const held = happened.filter((one) => one.held).map(({ what }) => what)
  const more = held.length - mostShown
  return [
    ...happened.filter((one) => !one.held).map(({ what }) => `**${what}**`),
    ...held.slice(0, mostShown),
    ...(more > 0 ? [`and ${more} more that held (\`--json\` has them all)`] : []),
  ]
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

/** What stands in a cell must not end it, nor be read as markup. */
const cell = (text: string): string =>
  text
    .replaceAll(/[\r\n]+/gu, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
