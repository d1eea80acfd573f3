import { beforeEach, describe, expect, test } from 'vitest'
import { mostAssetChars, mostAssets } from '../../mirror/bounded-assets.ts'
import type { ToMirror } from '../../mirror/messages.ts'
import { createMirrorModel } from './mirror-model.ts'
import type { MirrorModel } from './mirror-model.ts'

let model: MirrorModel
let drawn: string[]
const sink = (message: ToMirror): void =>
  void drawn.push(message.kind === 'asset' ? `${message.asset.path} ${message.asset.data.slice(0, 1)}` : message.kind)
const begin = (): void => model.hear({ name: 'begin', data: JSON.stringify({ wanted: true, port: 1 }) })
const tell = (path: string, data: string): void => model.hear({ name: 'asset', data: JSON.stringify({ service: 'hmi', path, data }) })
/** What a frame that begins anew is given. */
const givenAnew = (): string[] => {
  drawn = []
  model.drawOn(sink)
  return drawn
}
beforeEach(() => {
  drawn = []
  model = createMirrorModel(() => {})
  begin()
})

describe('pictures in the panel', () => {
  test('are given as they come, and again to a frame that begins anew', () => {
    model.drawOn(sink)
    tell('/a', 'A')
    tell('/b', 'B')
    tell('/a', 'C')
    expect(drawn).toEqual(['/a A', '/b B', '/a C'])
    expect(givenAnew()).toEqual(['/b B', '/a C'])
  })

  test('are no more than a bound in number: the oldest go', () => {
    for (let n = 0; n < mostAssets; n += 1) tell(`/${n}`, 'A')
    expect([givenAnew().length, drawn[0]]).toEqual([mostAssets, '/0 A'])
    tell('/more', 'A')
    expect([givenAnew().length, drawn[0]]).toEqual([mostAssets, '/1 A'])
  })

  test('are no more than a bound in characters: the oldest go', () => {
    const each = mostAssetChars / 4
    const data = 'A'.repeat(each - 'hmi /0'.length)
    for (let n = 0; n < 4; n += 1) tell(`/${n}`, data)
    tell('/0', data)
    expect(givenAnew()).toEqual(['/1 A', '/2 A', '/3 A', '/0 A'])
    tell('/4', '')
    expect(givenAnew()).toEqual(['/2 A', '/3 A', '/0 A', '/4 '])
  })

  test('are forgotten also by the frame when the agent tells anew what it holds', () => {
    model.drawOn(sink)
    tell('/a', 'A')
    begin()
    expect(drawn).toEqual(['/a A', 'forget'])
    expect(givenAnew()).toEqual([])
  })
})
