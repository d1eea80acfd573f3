import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { Writable } from 'node:stream'

export interface SecretPrompt {
  /** The next line of stdin. At a terminal the question is shown and what is typed is not. */
  readonly ask: (question: string) => Promise<string>
  readonly close: () => void
}

/** @throws Error when stdin ends before the answer */
export function openSecretPrompt(input: NodeJS.ReadStream, output: NodeJS.WriteStream): SecretPrompt {
  let lines: Interface | undefined
  let answers: AsyncIterator<string> | undefined
  const ask = async (question: string): Promise<string> => {
    lines ??= createInterface({ input, output: new Writable({ write: (_chunk, _encoding, done) => done() }), terminal: input.isTTY })
    answers ??= lines[Symbol.asyncIterator]()
    if (input.isTTY) output.write(question)
    const { value, done } = await answers.next()
    if (input.isTTY) output.write('\n')
    if (done === true) throw new Error('stdin ended before the answer')
    return value
  }
  return { ask, close: () => lines?.close() }
}
