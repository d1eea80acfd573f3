type Files = Readonly<Record<string, string>>

export interface FileDifference {
  readonly path: string
  readonly kind: 'new' | 'gone' | 'changed'
}

/** Which files differ between two policies: by path, in their order. */
export const differencesOf = (before: Files, after: Files): readonly FileDifference[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .filter((path) => before[path] !== after[path])
    .map((path) => ({ path, kind: before[path] === undefined ? 'new' : after[path] === undefined ? 'gone' : 'changed' }))
