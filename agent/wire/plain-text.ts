/** What could change the look of the text around it: control characters, direction overrides, line and paragraph separators. */
export const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/**
 * Whether a name looks the same in every log and on every screen. Both sides ask this one rule: a name that the machine takes from its
 * settings and that the gateway did not take would stop every event behind it.
 */
export function isPlainText(text: string): boolean {
  return !unprintable.test(text) && text.isWellFormed()
}
