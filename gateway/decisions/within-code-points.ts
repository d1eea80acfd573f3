/** In code points, as JSON Schema counts (Validation, section 6.3.1) and so our schemas: one of them is one or two code units. */
export const withinCodePoints = (text: string, most: number): boolean =>
  text.length <= most || (text.length <= 2 * most && Array.from(text).length <= most)
