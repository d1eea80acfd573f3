import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { figure, goalOf } from '../measure/print-table.ts'
import type { Row } from '../measure/row.ts'
import { workloads } from '../workloads/workloads.ts'
import { flamePrefix } from './keep-flames.ts'
import { keptResults, type Result } from './kept-results.ts'
import { plotRatios } from './plot-ratios.ts'

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url))

/** Writes docs/performance.md and docs/pictures/performance-*.svg from what was kept; the words before and after the figures are in report/*.md. */
export async function writePage(): Promise<void> {
  const results = await keptResults()
  await mkdir(`${docs}pictures`, { recursive: true })
  for (const { workload, rows } of results) await writeFile(`${docs}pictures/performance-${workload}.svg`, plotRatios(workload, rows))
  const part = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8')
  const flames = (await readdir(`${docs}pictures`)).filter((name) => name.startsWith(flamePrefix)).toSorted()
  await writeFile(`${docs}performance.md`, pageOf(results, flames, { before: await part('before.md'), after: await part('after.md') }))
}

function pageOf(results: readonly Result[], flames: readonly string[], words: { readonly before: string; readonly after: string }): string {
  const sections = workloads.flatMap(({ name, about }) => {
    const result = results.find(({ workload }) => workload === name)
    return result === undefined ? [`### ${name}\n\n${about}\n\nNot measured yet.\n`] : [sectionOf(name, about, result, flames)]
  })
  return `${words.before.trim()}\n\n## Figures\n\n${sections.join('\n')}\n${words.after.trim()}\n`
}

function sectionOf(name: string, about: string, { date, machine, peers = {}, missing, rows }: Result, flames: readonly string[]): string {
  const own = flames.filter((file) => file.startsWith(`${flamePrefix}${name}-`))
  const versions = Object.entries(peers).map(([peer, version]) => (peer.includes(version) ? peer : `${peer} (${version})`))
  const lines = [
    `### ${name}`,
    '',
    about,
    '',
    ...(rows.some(({ ratio }) => ratio !== null) ? [`![${name}: ours beside each peer](pictures/performance-${name}.svg)`, ''] : []),
    '| metric | ours | peer | theirs | ours/theirs | goal |',
    '| --- | ---: | --- | ---: | ---: | --- |',
    ...rows.map(lineOf),
    '',
    ...(own.length === 0 ? [] : [`Where the time goes: ${own.map((file) => flameLink(file, name)).join(', ')}.`, '']),
    `${date}, ${machine.summary}.${versions.length === 0 ? '' : ` Peers: ${versions.join(', ')}.`}${missing.length === 0 ? '' : ` Missing: ${missing.join('; ')}.`}`,
    '',
  ]
  return lines.join('\n')
}

const flameLink = (file: string, workload: string): string =>
  `[flame graph of the ${file.slice(flamePrefix.length + workload.length + 1, -'.svg'.length)}](pictures/${file})`

function lineOf(row: Row): string {
  const [theirs, ratio] = [row.theirs === null ? '' : figure(row.theirs), row.ratio === null ? '' : `${row.ratio.toFixed(2)}x`]
  return `| ${row.metric}, ${row.unit} | ${figure(row.ours)} | ${row.peer ?? ''} | ${theirs} | ${ratio} | ${goalOf(row).replace(/^met/, '**met**')} |`
}
