import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../gateway/basics/random.ts'
import { testJpeg } from '../test-support/test-jpeg.ts'
import { jpegSize } from './jpeg-size.ts'

const start = Buffer.from([0xff, 0xd8])
const jpeg = testJpeg(640, 480)
const frame = jpeg.subarray(2)
/** An application segment of this many bytes of data. */
const segment = (bytes: number): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xe1, (bytes + 2) >> 8, (bytes + 2) & 0xff]), Buffer.alloc(bytes, 0xff)])

describe('the size of a JPEG', () => {
  it('stands in its first frame header, whatever stands before it', () => {
    expect(jpegSize(jpeg)).toEqual({ width: 640, height: 480 })
    expect(jpegSize(Buffer.concat([start, segment(0), segment(300), frame]))).toEqual({ width: 640, height: 480 })
    expect(jpegSize(Buffer.concat([start, Buffer.from([0xff, 0xff, 0xff]), frame.subarray(1)]))).toEqual({ width: 640, height: 480 })
  })

  it.each([0xc1, 0xc2, 0xc3, 0xc9, 0xca])('is read from frames of kind %i too', (marker) => {
    const other = Buffer.from(jpeg)
    other[3] = marker
    expect(jpegSize(other)).toEqual({ width: 640, height: 480 })
  })

  it.each([0xc4, 0xc8, 0xcc, 0xda, 0xd9])('is not taken from the segment %i, which is no frame', (marker) => {
    const other = Buffer.from(jpeg)
    other[3] = marker
    expect(jpegSize(other)).toBeUndefined()
  })

  it('is unknown for what is cut off, empty, or something else', () => {
    for (let length = 0; length < jpeg.length; length += 1) expect(jpegSize(jpeg.subarray(0, length))).toBeUndefined()
    for (const other of ['GIF89a', '<svg/>', '\u0089PNG\r\n\u001a\n']) expect(jpegSize(Buffer.from(other, 'latin1'))).toBeUndefined()
    expect(jpegSize(testJpeg(0, 1))).toBeUndefined()
    expect(jpegSize(Buffer.concat([start, Buffer.from([0xff, 0xe1, 0, 1]), frame]))).toBeUndefined()
    expect(jpegSize(Buffer.concat([start, Buffer.from([0xff, 0xe1, 0xff, 0xff]), frame]))).toBeUndefined()
  })

  it('ends for any bytes', () => {
    for (let n = 0; n < 2_000; n += 1) {
      const size = jpegSize(Buffer.concat([start, systemRandom.bytes(n % 97), Buffer.from([0xff, 0xd9])]))
      if (size !== undefined) expect(size.width * size.height).toBeGreaterThan(0)
    }
  })

  it('is right in a view of a larger buffer', () => {
    const around = Buffer.concat([Buffer.alloc(7, 0xff), jpeg, Buffer.alloc(9)])
    expect(jpegSize(around.subarray(7, 7 + jpeg.length))).toEqual({ width: 640, height: 480 })
  })
})
