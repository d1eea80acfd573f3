/** Asks each 20 ms. @throws Error that says what did not happen within a minute */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + 60_000
  while (!(await holds())) {
    if (performance.now() > endsAt) throw new Error(`${what}: not within a minute`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
