import type { Running } from '../basics/lifecycle.ts'

/** Nothing may hold the end of the process for longer. */
const longestEndMs = 4_500

/**
 * Waits for SIGINT, SIGTERM, or for `failed`, then drains and closes. A repeated signal says nothing new: Ctrl-C comes from the terminal and
 * from npm. Resolves with why it ended.
 * `onParentGone` also ends when stdin closes: a child that outlives its parent would hold its ports.
 */
export async function untilSignal(
  running: Running,
  options: { readonly failed?: Promise<Error>; readonly onParentGone?: boolean } = {},
): Promise<string> {
  const why = await new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        resolve(signal)
      })
    }
    if (options.onParentGone === true) process.stdin.once('close', () => resolve('the parent is gone')).resume()
    void options.failed?.then((error) => resolve(`failed: ${error.message}`))
  })
  setTimeout(() => process.exit(1), longestEndMs).unref()
  try {
    await running.drain()
  } finally {
    await running.close()
  }
  return why
}
