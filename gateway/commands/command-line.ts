import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { CodedError } from '../basics/coded-error.ts'
import { completeCommand, completionCommand } from './completion-command.ts'
import { decisionsCommand } from './decisions-command.ts'
import { demoCommand } from './demo-command.ts'
import { deviceBundleCommand } from './device-bundle-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { explainError } from './explain-error.ts'
import { forwardCommand } from './forward-command.ts'
import { initCommand } from './init-command.ts'
import { ledgerCommand } from './ledger/ledger-command.ts'
import { loginCommand } from './login-command.ts'
import { logoutCommand } from './logout-command.ts'
import { machinesCommand } from './machines-command.ts'
import { policyCommand } from './policy-command.ts'
import { policyExitCode, tellPolicyError } from './policy/tell-policy.ts'
import { printableLines } from './printable.ts'
import { recoverAdminCommand } from './recover-admin-command.ts'
import { recoverPolicyCommand } from './recover-policy-command.ts'
import { recoveryKeyCommand } from './recovery-key-command.ts'
import { renewAuthorityCommand } from './renew-authority-command.ts'
import { serveCommand } from './serve-command.ts'

/** Runs one command and gives its exit code: 0 well, 1 failed, 2 wrong usage, 3 not signed in, 4 nobody answers. `policy` tells more apart: `policy/tell-policy.ts`. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    await commandTree().parseAsync(argv)
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (argv[2] === 'policy') return reportPolicy(error, argv.includes('--json'))
    const exitCode = report(error)
    // There 2 says that the newest is only not confirmed yet (ledger.md, section 8).
    return argv[2] === 'ledger' && exitCode === 2 ? 1 : exitCode
  }
}

export function commandTree(): Command {
  const program = new Command('sallyport')
    .description('Zero-trust access gateway for machines in the field')
    .version(version(), '-V, --version')
    .exitOverride()
    .showHelpAfterError('(see: sallyport --help)')
  const operating = [
    demoCommand(),
    initCommand(),
    serveCommand(),
    doctorCommand(),
    recoverAdminCommand(),
    recoveryKeyCommand(),
    recoverPolicyCommand(),
    renewAuthorityCommand(),
    deviceBundleCommand(),
    policyCommand(),
    decisionsCommand(),
    ledgerCommand(),
  ]
  const working = [loginCommand(), logoutCommand(), machinesCommand(), forwardCommand()]
  for (const command of [...operating, ...working, completionCommand()]) program.addCommand(command)
  program.addCommand(completeCommand(), { hidden: true })
  inherit(program)
  return program
}

/** Sub-commands take `exitOverride` from here, or commander would end the process by itself. */
function inherit(program: Command): void {
  for (const command of program.commands) {
    command.copyInheritedSettings(program)
    inherit(command)
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof CodedError) {
    process.stderr.write(`sallyport: ${printableLines(error.message)}\n`)
    return exitCodes[error.code] ?? (error.remedy === 'sign_in' ? 3 : 1)
  }
  const sentence = explainError(error)
  if (sentence !== undefined) {
    process.stderr.write(`sallyport: ${sentence}\n`)
    return 1
  }
  process.stderr.write(`sallyport: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}

/** As any command, with exit codes for a pipeline; where JSON was asked for, stdout has the same as one line. */
function reportPolicy(error: unknown, json: boolean): number {
  const usual = report(error)
  if (error instanceof CommanderError && usual === 0) return 0
  const code = error instanceof CommanderError ? 2 : policyExitCode(error)
  if (json) tellPolicyError(error, code, error instanceof Error ? (explainError(error) ?? error.message) : String(error))
  return code
}

const exitCodes: Readonly<Record<string, number>> = { usage: 2, unreachable: 4 }

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  return manifest.version
}
