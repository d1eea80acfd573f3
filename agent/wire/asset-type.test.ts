import { describe, expect, it } from 'vitest'
import { assetType, mostPixels, mostRepeatingBytes, mostRepeats } from './asset-type.ts'

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
const be32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const le32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
const be16 = (value: number): Buffer => be32(value).subarray(2)
const le16 = (value: number): Buffer => le32(value).subarray(0, 2)
const le24 = (value: number): Buffer => le32(value).subarray(0, 3)
const join = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? latin(part) : part)))

/** By type: how a picture of so many pixels begins. */
type Make = (width: number, height: number) => Buffer
const png: Make = (width, height) => join('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', be32(width), be32(height))
const dib: Make = (width, height) => join(le32(40), le32(width), le32(height), Buffer.alloc(28))
const iconOf = (picture: Buffer): Buffer => join('\0\0\x01\0', le16(1), Buffer.alloc(8), le32(picture.length), le32(22), picture)
const gifFrame: Make = (width, height) => join('\x2c\0\0\0\0', le16(width), le16(height), '\x80', Buffer.alloc(6), '\x02\x01\0\0')
const pictures: readonly (readonly [string, string, Make])[] = [
  ['PNG', 'image/png', png],
  ['JPEG', 'image/jpeg', (width, height) => join('\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08', be16(height), be16(width), '\x03')],
  ['GIF, of its screen', 'image/gif', (width, height) => join('GIF89a', le16(width), le16(height), '\0\0\0')],
  [
    'GIF, of a later frame',
    'image/gif',
    (width, height) =>
      join('GIF89a', le16(1), le16(1), '\x80\0\0', Buffer.alloc(6), '\x21\xf9\x01a\0', gifFrame(1, 1), gifFrame(width, height)),
  ],
  ['WebP, extended', 'image/webp', (width, height) => join('RIFF\0\0\0\0WEBPVP8X', Buffer.alloc(8), le24(width - 1), le24(height - 1))],
  [
    'WebP, lossy',
    'image/webp',
    (width, height) => join('RIFF\0\0\0\0WEBPVP8 ', Buffer.alloc(7), '\x9d\x01\x2a', le16(width), le16(height)),
  ],
  ['WebP, lossless', 'image/webp', (width, height) => join('RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f', le32((width - 1) | ((height - 1) << 14)))],
  [
    'AVIF',
    'image/avif',
    (width, height) => join('\0\0\0\x20ftypavif', 'ispe\0\0\0\0', be32(1), be32(1), 'ispe\0\0\0\0', be32(width), be32(height)),
  ],
  ['BMP', 'image/bmp', (width, height) => join('BM', le32(54 + 12), Buffer.alloc(8), dib(width, height), Buffer.alloc(12))],
  ['icon of a PNG', 'image/x-icon', (width, height) => iconOf(png(width, height))],
  ['icon of a bitmap', 'image/x-icon', (width, height) => iconOf(dib(width, height))],
]

const svg = (inside: string): Buffer => latin(`<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`)

describe('what bytes are', () => {
  it.each(pictures)('a picture of no more than a bound of pixels (%s)', (_name, type, make) => {
    expect(mostPixels).toBe(4_000 * 4_000)
    expect(assetType(make(10, 20))).toBe(type)
    expect(assetType(make(4_000, 4_000))).toBe(type)
    expect(assetType(make(4_000, 4_001))).toBeNull()
    expect(assetType(make(4_001, 4_000))).toBeNull()
  })

  it.each(pictures)('nothing that ends before it says its size, at any byte (%s)', (_name, type, make) => {
    const whole = make(4_000, 4_001)
    for (let length = 0; length < whole.length; length += 1) {
      // Those that say their sizes in several places have the first one by then.
      if ((type === 'image/gif' && length > 10) || (type === 'image/avif' && length >= 28)) continue
      expect(assetType(whole.subarray(0, length))).toBeNull()
    }
  })

  it('a picture of no pixels is none', () => {
    for (const make of [png, pictures[1]![2], pictures[2]![2]]) expect([assetType(make(0, 1)), assetType(make(1, 0))]).toEqual([null, null])
  })

  it.each([
    ['wOF2', 'font/woff2'],
    ['\ufeff<?xml version="1.0"?><!-- a --><!DOCTYPE svg PUBLIC "x" "y"><svg >', 'image/svg+xml'],
    ['<?xml version="1.0" encoding="UTF-8"?><svg>', 'image/svg+xml'],
    ['<?xml version="1.0" encoding="ISO-2022-JP"?><svg>', null],
    ['<!doctype html><svg>', null],
    ['<html><svg>', null],
    ['wOFF', null],
    ['', null],
  ])('%j is %s', (begin, type) => {
    expect(assetType(Buffer.from(begin, begin.startsWith('\ufeff') ? 'utf8' : 'latin1'))).toBe(type)
  })

  it('an SVG that draws itself again only a few times, and is small then', () => {
    const filled = (bytes: number): Buffer => {
      const head = svg('<use href="#a"/>').toString('latin1')
      return latin(head.padEnd(bytes))
    }
    expect(assetType(svg('<path/>'.repeat(40_000)))).toBe('image/svg+xml')
    for (const one of ['<use href="#a"/>', '<s:use/>', '<pattern>', '<marker\n>', '<feTurbulence />']) {
      expect(assetType(svg(one.repeat(mostRepeats)))).toBe('image/svg+xml')
      expect(assetType(svg(one.repeat(mostRepeats + 1)))).toBeNull()
    }
    expect(assetType(filled(mostRepeatingBytes))).toBe('image/svg+xml')
    expect(assetType(filled(mostRepeatingBytes + 1))).toBeNull()
  })

  it.each(['<image href="x"/>', '<s:image/>', '<foreignObject>', '<style>a{mask:url(data:image/png;base64,AA)}</style>'])(
    'no SVG with something inside that nobody measures (%s)',
    (inside) => {
      expect(assetType(svg(inside))).toBeNull()
    },
  )
})
