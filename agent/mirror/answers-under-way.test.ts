import { describe, expect, it } from 'vitest'
import { createAnswersUnderWay } from './answers-under-way.ts'

const kib = 1024

describe('answers under way', () => {
  it('take what they hold, in buffers that grow, however small their chunks are', () => {
    const answers = createAnswersUnderWay({ mostEach: 64 * kib, mostTogether: 128 * kib })
    const one = answers.begin()
    expect(answers.bytes).toBe(0)
    for (let n = 0; n < 40 * kib; n += 1) one.add(Buffer.of(n % 251))
    expect(answers.bytes).toBe(64 * kib)
    expect(one.read()).toEqual(Buffer.from(Array.from({ length: 40 * kib }, (_, n) => n % 251)))
    one.drop()
    one.drop()
    expect([answers.bytes, one.read()]).toEqual([0, null])
  })

  it('are given up where they are more than one may be', () => {
    const answers = createAnswersUnderWay({ mostEach: 10 * kib, mostTogether: 128 * kib })
    const one = answers.begin()
    one.add(Buffer.alloc(10 * kib))
    expect([answers.bytes, one.read()?.length]).toEqual([10 * kib, 10 * kib])
    one.add(Buffer.of(1))
    one.add(Buffer.of(1))
    expect([answers.bytes, one.read()]).toEqual([0, null])
  })

  it('are given up in their order where all of them are more than may be', () => {
    const answers = createAnswersUnderWay({ mostEach: 8 * kib, mostTogether: 16 * kib })
    const [first, second, third] = [answers.begin(), answers.begin(), answers.begin()]
    for (const one of [second, third, first]) one.add(Buffer.alloc(5 * kib))
    expect([first.read(), second.read()?.length, third.read()?.length, answers.bytes]).toEqual([null, 5 * kib, 5 * kib, 16 * kib])
  })
})
