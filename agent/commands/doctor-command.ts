import type { Finding } from './doctor/finding.ts'

export { examine } from './doctor/examine.ts'

const marks = { ok: '✔', warning: '⚠', failed: '✖' } as const

/** Tells the findings. @returns the exit code: 1 when something failed */
export function doctorCommand(
  findings: readonly Finding[],
  { json, say }: { readonly json: boolean; readonly say: (text: string) => void },
): 0 | 1 {
  const well = findings.every(({ state }) => state !== 'failed')
  if (json) say(JSON.stringify({ schemaVersion: 1, ok: well, findings }))
  else
    for (const { check, state, what, fix } of findings) {
      say(`${marks[state]} ${check}: ${what}`)
      if (fix !== null) say(`    ${fix}`)
    }
  return well ? 0 : 1
}
