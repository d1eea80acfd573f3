import { Command } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { examine } from './doctor/examine.ts'
import type { Finding } from './doctor/finding.ts'

/** Says what is wrong with an installation, and what to do. Exit code 1 when something failed. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('look at an installation and say what is wrong with it and what to do; changes nothing')
    .requiredOption('--config <file>', 'settings file, made by `sallyport init`')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async ({ config, json }: { config: string; json: boolean }) => {
      const findings = await examine({ config, environment: process.env, nowMs: systemClock.nowMs() })
      const well = findings.every(({ state }) => state !== 'failed')
      process.stdout.write(json ? `${JSON.stringify({ schemaVersion: 1, ok: well, findings })}\n` : told(findings))
      process.exitCode = well ? 0 : 1
    })

const marks = { ok: '✔', warning: '⚠', failed: '✖' } as const

const told = (findings: readonly Finding[]): string =>
  findings.map(({ check, state, what, fix }) => `${marks[state]} ${check}: ${what}\n${fix === null ? '' : `    ${fix}\n`}`).join('')
