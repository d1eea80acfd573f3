/** A word with its dots, such as `input.technician.regions`, and where it stands in its line. */
export interface Reference {
  readonly from: number
  readonly to: number
  readonly path: readonly string[]
}

const references = /[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*|\[(?:"[^"\]]*"|[\w-]+)\])*/gu

/** Strings and comments hold no references. */
const blanked = (line: string): string =>
  line.replaceAll(/"(?:\\.|[^"\\])*"|#.*$/gu, (text, at: number) => (line[at - 1] === '[' ? text : ' '.repeat(text.length)))

const stepsOf = (text: string): readonly string[] =>
  [...text.matchAll(/[A-Za-z_]\w*|\["(?<key>[^"]*)"\]|\[(?<name>[^\]]*)\]/gu)].map(
    ({ 0: all, groups }) => groups?.['key'] ?? groups?.['name'] ?? all,
  )

/** The reference under `column` (from 0) of a line, up to the step that is pointed at: of `input.device.region` at `device` it is `input.device`. */
export const referenceAt = (line: string, column: number): Reference | null => {
  for (const match of blanked(line).matchAll(references)) {
    const [text] = match
    const from = match.index
    if (column < from || column > from + text.length) continue
    const rest = /^[\w"-]*\]?/u.exec(text.slice(column - from))?.[0].length ?? 0
    const to = column + rest
    return { from, to, path: stepsOf(text.slice(0, to - from)) }
  }
  return null
}

/** The names of `import data.sallyport.rules` and `import … as name`, with the path that each stands for. */
export const importsOf = (text: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...text.matchAll(/^import\s+(?<path>(?:data|input)(?:\.\w+)+)(?:\s+as\s+(?<name>\w+))?/gmu)].map(({ groups }) => {
      const path = (groups?.['path'] ?? '').split('.')
      return [groups?.['name'] ?? path.at(-1) ?? '', path] as const
    }),
  )

/** The package of a module as a path: `data`, `sallyport`, `rules`, … */
export const packageOf = (text: string): readonly string[] => {
  const name = /^package\s+(?<name>\w+(?:\.\w+)*)/mu.exec(text)?.groups?.['name']
  return name === undefined ? [] : ['data', ...name.split('.')]
}

/** What a reference stands for, whole: imports are followed, and a name of the package itself gets the package before it. */
export const wholePath = (path: readonly string[], text: string): readonly string[] => {
  const [first = '', ...rest] = path
  if (first === 'input' || first === 'data') return path
  const imported = importsOf(text).get(first)
  return imported === undefined ? [...packageOf(text), ...path] : [...imported, ...rest]
}
