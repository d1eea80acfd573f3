import type { Duplex } from 'node:stream'
import type { Clock } from '../basics/clock.ts'

/** A version that is tried, as its launcher sees it. */
export interface TriedProgram {
  /** The socket at its file descriptor 3. */
  readonly line: Duplex
  kill(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void
  /** Resolves when it has ended, also when it could not be started (`code` -1). */
  readonly ended: Promise<TriedEnd>
}

export interface TriedEnd {
  readonly code: number | null
  readonly signal: string | null
}

export interface RunTrialOptions {
  readonly start: () => TriedProgram
  readonly withinS: number
  readonly clock: Clock
  /** Of the launcher: resolves with a signal that ends it. */
  readonly stopped: Promise<'SIGTERM' | 'SIGINT'>
  /** Durable when it resolves. */
  readonly onReached: () => Promise<void>
}

export type TrialResult =
  /** It reached the gateway, and has ended since. */
  | { readonly kind: 'reached'; readonly end: TriedEnd }
  | { readonly kind: 'failed'; readonly reason: 'crashed' | 'not_reached' }
  /** Somebody ended the launcher: nothing is known of the version. */
  | { readonly kind: 'stopped'; readonly end: TriedEnd }

/** How long a program may take to end when it is asked to. */
const graceMs = 5_000

/** Runs a version until it ends: by itself, because it did not reach the gateway in time, or because somebody ended the launcher. */
export async function runTrial({ start, withinS, clock, stopped, onReached }: RunTrialOptions): Promise<TrialResult> {
  const program = start()
  let over = false
  const end = (signal: 'SIGTERM' | 'SIGINT'): void => {
    program.kill(signal)
    clock.after(graceMs, () => over || program.kill('SIGKILL'))
  }
  const first = await Promise.race([
    heard(program.line).then((word) => (word ? ('reached' as const) : program.ended.then(() => 'ended' as const))),
    program.ended.then(() => 'ended' as const),
    stopped,
    new Promise<'late'>((resolve) => clock.after(withinS * 1000, () => resolve('late'))),
  ])
  if (first === 'reached') {
    await onReached()
    const why = await Promise.race([program.ended, stopped])
    if (typeof why === 'string') end(why)
    const last = await program.ended
    over = true
    return typeof why === 'string' ? { kind: 'stopped', end: last } : { kind: 'reached', end: last }
  }
  if (first === 'late') end('SIGTERM')
  if (first === 'SIGTERM' || first === 'SIGINT') end(first)
  const last = await program.ended
  over = true
  if (first === 'SIGTERM' || first === 'SIGINT') return { kind: 'stopped', end: last }
  return { kind: 'failed', reason: first === 'late' ? 'not_reached' : 'crashed' }
}

const longestWord = 1_024

/** True at the line `reached`; false when the line ends without it. */
function heard(line: Duplex): Promise<boolean> {
  return new Promise((resolve) => {
    let text = ''
    line.setEncoding('utf8')
    line.on('data', (chunk: string) => {
      text = `${text}${chunk}`.slice(0, longestWord)
      if (/^reached$/m.test(text) && text.includes('\n')) resolve(true)
    })
    line.on('error', () => {})
    line.once('close', () => resolve(false))
  })
}
