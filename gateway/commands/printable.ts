/**
 * Words of a portal, a machine or an operator for a terminal: what it would obey, or what makes a name read as another one, is shown as U+FFFD.
 */
export const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\uFFFD')

/** The same for a text that has several lines. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')
