import { expect, it } from 'vitest'
import { jpegSide } from './jpeg-side.ts'

const start = [0xff, 0xd8]
const comment = [0xff, 0xfe, 0x00, 0x04, 0x41, 0x42]
const tables = [0xff, 0xc4, 0x00, 0x04, 0xff, 0xff]
const frame = (height: number, width: number): number[] => [0xff, 0xc2, 0x00, 0x11, 8, height >> 8, height & 255, width >> 8, width & 255]

it.each<[string, number[], number | null]>([
  ['a frame at once', [...start, ...frame(100, 64)], 100],
  ['a frame behind other segments and fill bytes', [...start, ...comment, ...tables, 0xff, 0xff, ...frame(1, 65_500)], 65_500],
  ['no frame', [...start, ...comment], null],
  ['an end instead of a frame', [...start, 0xff, 0xd9, 0, 0], null],
  ['a scan before the frame', [...start, 0xff, 0xda, 0, 2, ...frame(1, 1)], null],
  ['half a frame', [...start, ...frame(1, 1).slice(0, 7)], null],
  ['a segment without a length', [...start, 0xff, 0xfe, 0, 0, ...frame(1, 1)], null],
  ['a segment longer than what is there', [...start, 0xff, 0xfe, 0xff, 0xff, ...frame(1, 1)], null],
  ['a PNG', [0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0], null],
  ['nothing', [], null],
])('reads %s', (_what, bytes, side) => {
  expect(jpegSide(Buffer.from(bytes))).toBe(side)
})
