/**
 * Who starts the demo from a clone or a release runs it in a process of its own and holds a channel to it (deploy/setup/run-program.mjs).
 * When that process is killed, no signal comes through: without this the demo would hold its ports with nobody to end it.
 */
export function untilParentIsGone(): Promise<Error> {
  return new Promise((resolve) => {
    if (process.connected !== true) return
    process.once('disconnect', () => resolve(new Error('the process that started it is gone')))
    // The channel alone shall not keep the process.
    process.channel?.unref()
  })
}
