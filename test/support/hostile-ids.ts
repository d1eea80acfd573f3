/** What somebody may write where an id belongs, as it stands in an address: nothing of it is the id of anything. */
export const hostileIds: readonly string[] = [
  // What other software reads as "all", "here" or "above".
  '* > . .. ... %2e %2e%2e ..%2f..%2fetc%2fpasswd ..%5c..%5c press-7%2f..'.split(' '),
  // Bytes that are no text, or another one than it seems.
  '%00 a%00b %0d%0aset-cookie:%20a=1 %ff %zz % %c0%ae %E2%80%AE %F0%9F%92%A9 %20 +'.split(' '),
  // Names that JavaScript knows.
  '__proto__ constructor toString null undefined NaN 0 -1 1e9 - _'.split(' '),
  // What a careless program would run.
  `'%20OR%201=1-- %22 %3Cscript%3E $%7Bx%7D %7B%7B1%7D%7D`.split(' '),
  // Almost an id.
  'PRESS-7 press-7. .press-7 press..7 press-7%20 press-7;a=b'.split(' '),
  ['per_', 'ses_', 'dec_', 'org_'].map((prefix) => `${prefix}${'f'.repeat(32)}`),
  [`per_${'F'.repeat(32)}`, `per_${'0'.repeat(31)}`, 'a'.repeat(64), 'a'.repeat(5_000), '%61'.repeat(3_000)],
].flat()
