import { execFile, spawn } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { vi } from 'vitest'
import type { Shell } from '../../gateway/commands/completion/script-for.ts'
import { pathOf } from './native-program.ts'

/** Those that a test can type at. */
type TerminalShell = Exclude<Shell, 'powershell'>

const main = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url))
const run = promisify(execFile)

/** Puts `sallyport` into a folder, as an installation puts it on the path; who is signed in is kept there too. */
export async function installCommand(folder: string): Promise<NodeJS.ProcessEnv> {
  const file = join(folder, 'sallyport')
  await writeFile(file, `#!/bin/sh\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${main}' "$@"\n`)
  await chmod(file, 0o755)
  const credentials = join(folder, 'credentials.json')
  return { ...process.env, PATH: `${folder}:${process.env['PATH']}`, HOME: folder, SALLYPORT_CREDENTIALS: credentials, TERM: 'dumb' }
}

/** What a real Bash offers behind each of these lines: words, and what it was told about them. */
export async function offeredByBash(lines: readonly string[], env: NodeJS.ProcessEnv): Promise<string[][]> {
  const { stdout } = await run('bash', ['--norc', '-c', askBash, 'bash', ...lines], { env, cwd: env['HOME'] })
  return stdout
    .split(/^--$/m)
    .slice(0, -1)
    .map((words) => words.split('\n').filter((word) => word !== ''))
}

/** A line is taken apart as Bash does it. */
const askBash = `
source <(sallyport completion bash)
compopt() { echo "compopt $*"; }
for line in "$@"; do
  read -ra COMP_WORDS <<< "$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _sallyport
  printf '%s\\n' "\${COMPREPLY[@]}" --
done`

/** A shell at a terminal of its own (script(1)), with its completion loaded, and somebody who types. */
export class ShellAtTerminal implements AsyncDisposable {
  readonly #child
  #screen = ''

  private constructor(shell: TerminalShell, env: NodeJS.ProcessEnv) {
    this.#child = spawn(pathOf('script'), ['-qec', `${pathOf(shell)} ${quiet[shell]}`, '/dev/null'], {
      env: { ...env, PS1: 'ready> ' },
      cwd: env['HOME'],
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child.stdout.on('data', (chunk: Buffer) => (this.#screen += chunk.toString()))
  }

  static async open(shell: TerminalShell, env: NodeJS.ProcessEnv): Promise<ShellAtTerminal> {
    const terminal = new ShellAtTerminal(shell, env)
    // The echo of the line itself has the word in two pieces.
    await terminal.#type(`${load[shell]}; echo loa''ded\r`, /loaded/)
    return terminal
  }

  /** Types this, presses the tabulator, and waits for what the line becomes; then takes the line away again. */
  async expect(typed: string, wanted: RegExp): Promise<void> {
    await this.#type(`${typed}\t`, wanted)
    this.#child.stdin.write('\u0015')
  }

  async #type(keys: string, wanted: RegExp): Promise<void> {
    this.#screen = ''
    this.#child.stdin.write(keys)
    await vi.waitFor(() => {
      if (!wanted.test(plain(this.#screen))) throw new Error(`no ${wanted.source} in: ${plain(this.#screen)}`)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin.end()
    this.#child.kill('SIGKILL')
    await ended
  }
}

const quiet: Readonly<Record<TerminalShell, string>> = { bash: '--norc', zsh: '-f', fish: '--no-config' }
const load: Readonly<Record<TerminalShell, string>> = {
  bash: 'source <(sallyport completion bash)',
  zsh: 'autoload -Uz compinit; compinit -u; source <(sallyport completion zsh)',
  fish: 'sallyport completion fish | source',
}

/** Without what moves the cursor and colours. */
const plain = (screen: string): string =>
  screen.replaceAll(/\u001B(?:\[[0-9;?]*[A-Za-z]|\][^\u0007]*\u0007|[=>()][0-9A-B]?)/g, '').replaceAll('\r', '')
