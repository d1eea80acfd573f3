import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { explainDenial } from '../decisions/explain-denial.ts'
import type { PolicyReasonsAnswer } from '../http-api/contract/policy-reasons.ts'
import type { Machine, MachinePage, MachineSummary } from '../http-api/contract/machines.ts'
import { createApiClient, type ApiClient } from './client/api-client.ts'
import { readCredentials } from './client/credentials.ts'
import { printable } from './printable.ts'

/** The machines that policy lets this person see, or one of them with what stands against each service. */
export const machinesCommand = (): Command =>
  new Command('machines')
    .description('the machines that you may see, or one of them with its services')
    .argument('[machine]', 'id of a machine', machineOf)
    .option('--search <text>', 'only those whose name, id or site has this text')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (id: string | undefined, { search, json }: { search?: string; json: boolean }) => {
      const client = createApiClient(await readCredentials(process.env, systemClock.nowS()))
      if (id === undefined) {
        const machines = await allMachines(client, search)
        process.stdout.write(json ? `${JSON.stringify({ schemaVersion: 1, machines })}\n` : listed(machines))
      } else {
        const machine = await client.get<Machine>(`/api/v1/machines/${encodeURIComponent(id)}`)
        const told = json
          ? JSON.stringify({ schemaVersion: 1, machine })
          : tell(machine, await client.get<PolicyReasonsAnswer>('/api/v1/policy/reasons'))
        process.stdout.write(json ? `${told}\n` : told)
      }
    })

async function allMachines(client: ApiClient, search: string | undefined): Promise<MachineSummary[]> {
  const machines: MachineSummary[] = []
  for (let after: string | null = null; ;) {
    const query = new URLSearchParams({ limit: '200', ...(search === undefined ? {} : { search }), ...(after === null ? {} : { after }) })
    const page: MachinePage = await client.get<MachinePage>(`/api/v1/machines?${query.toString()}`)
    machines.push(...page.items)
    if (page.next === null) return machines
    after = page.next
  }
}

function listed(machines: readonly MachineSummary[]): string {
  if (machines.length === 0) return 'There is no machine that you may see.\n'
  return table(machines.map(({ id, name, site, online }) => [id, online ? 'online' : 'offline', name, site]))
}

const tell = (machine: Machine, { reasons }: PolicyReasonsAnswer): string =>
  `${printable(machine.name)} (${printable(machine.id)}), ${printable(machine.site)}: ${machine.online ? 'online' : 'offline'}\n` +
  table(
    machine.services.map(({ name, kind, title, enabled, can_request: can, denials }) => [
      `  ${machine.id}/${name}`,
      kind,
      title,
      !enabled ? 'switched off' : can ? '' : denials.map((denial) => sentenceOf(denial, reasons)).join(' '),
    ]),
  )

/** What stands against it, what would remove it, and from when waiting does. */
function sentenceOf(denial: Machine['services'][number]['denials'][number], denials: PolicyReasonsAnswer['reasons']): string {
  const { reason, remedy } = explainDenial(denial, { reasons: { denials }, language: 'en' })
  const from = denial.until === undefined ? '' : `Possible from ${new Date(denial.until * 1000).toISOString()}.`
  return [reason, remedy, from].filter((part) => part !== '').join(' ')
}

/** Its address is made of it, and `..` would lead elsewhere. */
function machineOf(text: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{0,62}$/.test(text)) throw new InvalidArgumentError('Name the id of a machine, like press-7.')
  return text
}

function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(printable))
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
