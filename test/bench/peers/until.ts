/** Asks each 20 ms. @throws Error that says what did not happen within five minutes: others may work on this machine */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + 300_000
  while (!(await holds())) {
    if (performance.now() > endsAt) throw new Error(`${what}: not within five minutes`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
