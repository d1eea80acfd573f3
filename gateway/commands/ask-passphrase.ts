import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { CodedError } from '../basics/coded-error.ts'

/**
 * From the terminal, without showing what is typed, or the first line of a file.
 * @throws CodedError `no_terminal`, `passphrases_differ`
 */
export async function askPassphrase({
  file,
  twice = false,
}: {
  readonly file: string | undefined
  readonly twice?: boolean
}): Promise<string> {
  if (file !== undefined) return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? ''
  if (!process.stdin.isTTY) {
    const message = 'There is no terminal to ask for the passphrase. Name a file with --passphrase-file.'
    throw new CodedError({ code: 'no_terminal', message, remedy: 'fix' })
  }
  const passphrase = await ask('Passphrase: ')
  if (twice && (await ask('Once more: ')) !== passphrase)
    throw new CodedError({ code: 'passphrases_differ', message: 'The two passphrases differ. Nothing was written.', remedy: 'fix' })
  return passphrase
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  const answer = await lines.question('')
  lines.close()
  process.stderr.write('\n')
  return answer
}
