import { describe, expect, it } from 'vitest'
import { FakeClock } from './fake-clock.ts'
import { TokenBucket, TokenBuckets } from './token-bucket.ts'

const figures = { perSecond: 10, burst: 3 }
const taken = (bucket: TokenBucket, times: number): number => Array.from({ length: times }, () => bucket.take()).filter(Boolean).length

describe('a bucket', () => {
  it('lets its burst through, and not one more', () => {
    expect(taken(new TokenBucket(new FakeClock(), figures), 10)).toBe(3)
  })

  it('gives back so many a second, and never more than its burst', () => {
    const clock = new FakeClock()
    const bucket = new TokenBucket(clock, figures)
    taken(bucket, 3)
    clock.advance(200)
    expect(taken(bucket, 10)).toBe(2)
    clock.advance(3_600_000)
    expect(taken(bucket, 10)).toBe(3)
  })

  it('counts what was refused against nobody: who asks without end gets his rate', () => {
    const clock = new FakeClock()
    const bucket = new TokenBucket(clock, figures)
    let got = taken(bucket, 3)
    for (let ms = 0; ms < 1_000; ms += 10) {
      clock.advance(10)
      got += taken(bucket, 5)
    }
    // Tenths add up to a little less than one.
    expect([12, 13]).toContain(got)
  })
})

describe('buckets by key', () => {
  it('keep keys apart', () => {
    const buckets = new TokenBuckets(new FakeClock(), 10)
    expect(taken(buckets.of('a', figures), 5)).toBe(3)
    expect(taken(buckets.of('b', figures), 5)).toBe(3)
    expect(buckets.of('a', figures).take()).toBe(false)
  })

  it('forget whoever was silent for longest when there are too many', () => {
    const buckets = new TokenBuckets(new FakeClock(), 2)
    for (const key of ['a', 'b']) taken(buckets.of(key, figures), 3)
    buckets.of('a', figures)
    buckets.of('c', figures)
    expect(buckets.of('a', figures).take()).toBe(false)
    expect(buckets.of('b', figures).take()).toBe(true)
  })
})
