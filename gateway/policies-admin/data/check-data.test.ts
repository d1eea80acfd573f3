import { describe, expect, it } from 'vitest'
import { policiesDir } from '../../../policies/project-opa.ts'
import { policySources } from '../policy-files.ts'
import type { PolicySources } from '../policy-files.ts'
import { checkData } from './check-data.ts'
import { findMember } from './find-member.ts'

const places = (sources: PolicySources): string[] =>
  checkData(sources).map(({ path, line, column, code }) => `${path}:${line}:${column} ${code}`)

describe('the documents of a policy', () => {
  it('are well as they are shipped', () => {
    expect(checkData(policySources(policiesDir))).toEqual([])
  })

  it('may be anything under a name that no shipped rule reads', () => {
    expect(checkData({ 'data/own.json': '{"own": [1, {"x": null}]}' })).toEqual([])
  })

  it('are JSON, an object each', () => {
    expect(places({ 'data/a.json': '{\n  "a": 1,\n}' })).toEqual(['data/a.json:3:1 data_not_json'])
    expect(places({ 'data/a.json': '' })).toEqual(['data/a.json:1:1 data_not_json'])
    expect(places({ 'data/a.json': '[1]' })).toEqual(['data/a.json:1:1 data_not_object'])
  })

  it('stand in one file each', () => {
    expect(places({ 'data/a.json': '{"own": {}}', 'data/b.json': '{\n  "own": {}\n}' })).toEqual(['data/b.json:2:10 data_twice'])
  })

  it('are joined where each rule brings a part of its own, and no part twice', () => {
    const part = (name: string) => `{"also_needed": {"${name}": ["use"]}}`
    expect(places({ 'data/a.json': part('hours'), 'data/b.json': part('shutdown') })).toEqual([])
    expect(places({ 'data/a.json': part('hours'), 'data/b.json': part('hours') })).toEqual(['data/b.json:1:27 data_twice'])
    expect(places({ 'data/a.json': '{"also_needed": {"hours": ["usee"]}}' })).toEqual(['data/a.json:1:28 data_wrong'])
  })

  it('are told with the line of what the shipped rules cannot use, and of a slip of the pen', () => {
    const text = `{
  "requirements": {
    "training": { "default_level": 7, "level": { "press": "two" } },
    "authentication": { "always": [], "service_kind": { "http": [], "vnc": [], "ssh": [], "tcp": [] } },
    "contract_on_recrod": true
  }
}`
    const found = checkData({ 'data/requirements.json': text })
    expect(found.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
      '3:36 data_wrong',
      '3:59 data_wrong',
      '2:19 data_wrong',
      '5:27 data_unknown',
    ])
    expect(found.map(({ message }) => message).join('\n')).toContain('data.requirements.contract_on_recrod is not known')
  })

  it('hold no more request rules for a line and a service together than an answer has room for', () => {
    const rules = (count: number, of: string): object[] =>
      Array.from({ length: count }, (_, index) => ({ effect: 'deny', methods: ['PUT'], path: `/${of}/${index}` }))
    const found = (line: object[], service: object[]): string[] =>
      checkData({
        'data/request_rules.json': JSON.stringify({ request_rules: { product_line: { press: line }, service: { hmi: service } } }),
      }).map(({ code, message }) => `${code} ${message}`)
    expect(found(rules(600, 'a'), rules(400, 'b'))).toEqual([])
    expect(found(rules(600, 'a'), rules(600, 'a'))).toEqual([])
    expect(found(rules(600, 'a'), rules(401, 'b'))).toEqual([
      expect.stringMatching(
        /^data_wrong data\.request_rules\.service\.hmi: with those of the product line "press" these are 1001 rules\. /u,
      ),
    ])
  })

  it('are there when a rule reads them', () => {
    const sources = { 'rules/a.rego': 'package a\n\nx if data.limits.max_extensions > 1\n' }
    expect(places(sources)).toEqual(['data/limits.json:1:1 data_missing'])
    expect(places({ 'rules/a_test.rego': 'package a\n\nx if data.limits.max_extensions > 1\n' })).toEqual([])
  })
})

describe('findMember', () => {
  const text = '{ "a\\"b": [ 10, {"c": "}" , "d" :\n true } ], "e": -1.5e3, "f": null }'
  it.each([
    [[], 1, 1],
    [['a"b'], 1, 11],
    [['a"b', 0], 1, 13],
    [['a"b', 1, 'c'], 1, 23],
    [['a"b', 1, 'd'], 2, 2],
    [['e'], 2, 17],
    [['f'], 2, 30],
    [['nothing'], 1, 1],
    [['a"b', 7], 1, 11],
  ] as const)('finds %j', (path, line, column) => {
    expect(findMember(text, path)).toEqual({ line, column })
  })
})
