/** Stretches of lines as people write them: `3, 7–9`. */
export const formatStretches = (stretches: readonly (readonly [number, number])[]): string =>
  stretches.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ')
