import { CompletionContext } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { describe, expect, test } from 'vitest'
import type { PolicySymbol } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import { completeRego } from './complete-rego.ts'
import { definitionAt, describeReference } from './describe-reference.ts'
import { knowledgeOf } from './policy-knowledge.ts'

const symbol = (name: string, path: string, line: number, text: string | null = null): PolicySymbol => ({
  name,
  kind: 'rule',
  path,
  line,
  column: 1,
  args: [],
  text,
})

const knowledge = knowledgeOf(
  {
    builtins: [
      {
        name: 'count',
        infix: null,
        args: [{ name: 'collection', type: 'array or set', text: 'what is counted' }],
        result: { name: 'n', type: 'number', text: '' },
        text: 'Counts.',
      },
      { name: 'object.get', infix: null, args: [], result: { name: 'v', type: 'any', text: '' }, text: 'Looks up.' },
    ],
    keywords: ['if', 'some'],
    input_schema: {
      type: 'object',
      properties: { device: { type: 'object', properties: { region: { type: 'string' }, site: { type: 'string' } } } },
    },
    output_schema: {},
    data_schema: { type: 'object', properties: { limits: { type: 'object', properties: { max_extensions: { type: 'integer' } } } } },
    data_files: {},
    entrypoint: 'sallyport/access/decision',
  },
  [
    symbol('data.sallyport.rules.region.satisfied', 'rules/region.rego', 6, 'True within his regions.'),
    symbol('data.sallyport.rules.training.satisfied', 'rules/training.rego', 9),
    symbol('data.sallyport.access.allow', 'access/decision.rego', 18),
  ],
)

const module = 'package sallyport.access\n\nimport data.sallyport.rules\n\n'
const choicesFor = (typed: string, explicit = false): readonly string[] => {
  const state = EditorState.create({ doc: module + typed })
  const found = completeRego(() => knowledge)(new CompletionContext(state, state.doc.length, explicit))
  return found?.options.map(({ label }) => label) ?? []
}

describe('completion', () => {
  test('gives the fields of the input behind a dot, and their own fields behind the next', () => {
    expect(choicesFor('\tinput.')).toEqual(['device'])
    expect(choicesFor('\tinput.device.re')).toEqual(['region', 'site'])
  })

  test('gives fields of the data and the rules of the draft, through the imports of the module', () => {
    expect(choicesFor('\tdata.limits.')).toEqual(['max_extensions'])
    expect(choicesFor('\trules.')).toEqual(['region', 'training'])
    expect(choicesFor('\trules.region.')).toEqual(['satisfied'])
  })

  test('gives rules of the package, keywords and built-ins where a word begins, those with a dot behind their first half', () => {
    expect(choicesFor('\tal')).toEqual(expect.arrayContaining(['allow', 'rules', 'input', 'data', 'some', 'count', 'object.get']))
    expect(choicesFor('\tobject.')).toEqual(['get'])
  })

  test('gives nothing in strings and comments, nor where nobody typed or asked', () => {
    expect(choicesFor('\tx := "input.')).toEqual([])
    expect(choicesFor('# input.')).toEqual([])
    expect(choicesFor('\t')).toEqual([])
    expect(choicesFor('\t', true)).not.toEqual([])
  })
})

describe('what is pointed at', () => {
  const described = (line: string, word: string) => describeReference(knowledge, line, line.indexOf(word), module + line)

  test('is a built-in with its signature, a field with its type, a rule with its comment and place', () => {
    expect(described('\tcount(x)', 'count')?.title).toBe('count(collection: array or set) → number')
    expect(described('\tinput.device.region', 'region')?.title).toBe('input.device.region: string')
    expect(described('\trules.region.satisfied', 'satisfied')).toMatchObject({
      title: 'data.sallyport.rules.region.satisfied',
      text: 'True within his regions.\nrules/region.rego:6',
    })
  })

  test('is nothing for a field that no schema knows', () => {
    expect(described('\tinput.device.regoin', 'regoin')).toBeNull()
  })

  test('leads to the rule it names, also from a member of its value, and nowhere from what is no rule', () => {
    const place = (line: string, word: string) => definitionAt(knowledge, line, line.indexOf(word), module + line)
    expect(place('\trules.training.satisfied', 'satisfied')).toEqual({ path: 'rules/training.rego', line: 9, column: 1 })
    expect(place('\tallow.more', 'more')).toEqual({ path: 'access/decision.rego', line: 18, column: 1 })
    expect(place('\tinput.device', 'device')).toBeNull()
  })
})
