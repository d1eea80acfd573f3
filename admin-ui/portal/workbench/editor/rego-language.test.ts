import { ensureSyntaxTree } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { describe, expect, test } from 'vitest'
import { regoLanguage } from './rego-language.ts'

/** `name: text` of every token that has a name. */
const tokensOf = (doc: string): readonly string[] => {
  const state = EditorState.create({ doc, extensions: [regoLanguage] })
  const found: string[] = []
  ensureSyntaxTree(state, doc.length)?.iterate({
    enter: ({ name, from, to }) => void (name === 'Document' ? undefined : found.push(`${name}: ${doc.slice(from, to)}`)),
  })
  return found
}

describe('the colours of Rego', () => {
  test('tell keywords, heads of rules, input, members, functions, strings, numbers and comments apart', () => {
    const found = tokensOf('default allow := false\n\nallow if {\n\tcount(input.device.region) > 0 # all\n\t"a" != null\n}\n')
    expect(found).toEqual(
      expect.arrayContaining([
        'keyword: default',
        'variableName.definition: allow',
        'atom: false',
        'keyword: if',
        'variableName.function: count',
        'variableName.special: input',
        'propertyName: region',
        'number: 0',
        'comment: # all',
        'string: "a"',
      ]),
    )
  })

  test('know a raw string over many lines, and what comes after it', () => {
    const found = tokensOf('pattern := `^a\n# no comment\n$`\nnext if true\n')
    expect(found.filter((token) => token.startsWith('comment'))).toEqual([])
    expect(found).toContain('variableName.definition: next')
  })

  test('take a name within a rule for no head', () => {
    expect(tokensOf('allow if {\nregion == 1\n}\n')).not.toContain('variableName.definition: region')
  })
})
