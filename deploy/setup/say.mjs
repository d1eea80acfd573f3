// @ts-check

/**
 * Progress goes to stderr: stdout belongs to the program that is started.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`sallyport: ${text}\n`)
}

/**
 * Says what begins, and when it is done how long it took.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function sayWhile(what, work) {
  const startedAt = performance.now()
  say(`${what} ...`)
  const result = await work()
  say(`${what}: done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  return result
}
