import { expect, test } from 'vitest'
import { createUnsavedTexts, forgetUnsavedTexts } from './unsaved-texts.ts'

const world = () => {
  const kept = new Map<string, string>([['sallyport.theme', 'dark']])
  let room = Infinity
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (kept.size >= room) throw new Error('QuotaExceededError')
      kept.set(key, value)
    },
    removeItem: (key: string) => void kept.delete(key),
    key: (index: number) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size
    },
  }
  const clock = { now: 1_000 }
  const textsOf = (person: string) => createUnsavedTexts(storage, person, () => clock.now)
  return { kept, storage, clock, textsOf, full: () => void (room = 0) }
}

test('what is not saved is found again by the same person, until it is dropped', () => {
  const { textsOf, clock } = world()
  textsOf('per_1').keep('drf_1', 'rules/a.rego', 'one')
  clock.now = 2_000
  expect(textsOf('per_1').find('drf_1', 'rules/a.rego')).toEqual({ text: 'one', typedMs: 1_000 })
  expect(textsOf('per_1').find('drf_2', 'rules/a.rego')).toBeNull()
  textsOf('per_1').drop('drf_1', 'rules/a.rego')
  expect(textsOf('per_1').find('drf_1', 'rules/a.rego')).toBeNull()
})

test('and goes with the sign-out, with another person in this browser, and after fourteen days', () => {
  const { textsOf, clock, storage, kept } = world()
  const keep = () => textsOf('per_1').keep('drf_1', 'rules/a.rego', 'one')
  keep()
  forgetUnsavedTexts(storage)
  expect([...kept.keys()]).toEqual(['sallyport.theme'])
  keep()
  expect(textsOf('per_2').find('drf_1', 'rules/a.rego')).toBeNull()
  expect([...kept.keys()]).toEqual(['sallyport.theme'])
  keep()
  clock.now += 14 * 86_400_000 + 1
  expect(textsOf('per_1').find('drf_1', 'rules/a.rego')).toBeNull()
})

test('twenty are kept, the oldest goes; what is too long or has no room is said to be not kept', () => {
  const { textsOf, clock, full } = world()
  const texts = textsOf('per_1')
  for (let file = 0; file < 21; file += 1) {
    clock.now += 1
    expect(texts.keep('drf_1', `rules/${file}.rego`, 'x')).toBe(true)
  }
  expect([0, 1, 20].map((file) => texts.find('drf_1', `rules/${file}.rego`)?.text)).toEqual([undefined, 'x', 'x'])
  expect(texts.keep('drf_1', 'rules/20.rego', 'x'.repeat(1_000_001))).toBe(false)
  expect(texts.find('drf_1', 'rules/20.rego')).toBeNull()
  full()
  expect(texts.keep('drf_1', 'rules/new.rego', 'x')).toBe(false)
})

test('what is broken in the storage is no text', () => {
  const { textsOf, kept } = world()
  const texts = textsOf('per_1')
  kept.set('sallyport.unsaved.per_1 drf_1 rules/a.rego', '{"text":1')
  kept.set('sallyport.unsaved.per_1 drf_1 rules/b.rego', '{"text":1,"typedMs":2}')
  expect([texts.find('drf_1', 'rules/a.rego'), texts.find('drf_1', 'rules/b.rego')]).toEqual([null, null])
})
