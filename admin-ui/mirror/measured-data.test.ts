import { describe, expect, test } from 'vitest'
import { isMeasured, measuredCss, mostDataBytes } from './measured-data.ts'

const pngOf = (width: number, height: number, more = 0): string => {
  const bytes = Buffer.alloc(33 + more)
  bytes.write('\u0089PNG\r\n\u001A\n\0\0\0\rIHDR', 'latin1')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes.toString('base64')
}
const data = (base64: string, type = 'image/png'): string => `data:${type};base64,${base64}`
const small = data(pngOf(32, 32))
const bomb = data(pngOf(60_000, 60_000))
const svg = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Crect/%3E%3C/svg%3E"
const svgBomb = `data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'>${'<use href="#a"/>'.repeat(40)}</svg>`

describe('pictures that stand in a recorded page itself', () => {
  test.each([
    ['a small one', small, true],
    ['one whose head says that it takes gigabytes', bomb, false],
    ['the same with line breaks and spaces', `  ${bomb.replace('image/', 'image/\n')} `, false],
    ['the same, called another type', bomb.replace('png', 'x-any'), false],
    ['the same, with its base64 written by number', bomb.replace('iV', '%69%56'), false],
    ['one with more bytes than any may have', data(pngOf(10, 10, mostDataBytes)), false],
    ['a drawing', svg, true],
    ['a drawing that draws others again and again', svgBomb, false],
    ['what is no picture', data('AAAA'), false],
    ['what is not base64', 'data:image/png;base64,!', false],
    ['a font', data('d09GMgABAAAA', 'font/woff2'), true],
    ['a page', 'data:text/html,<p>', false],
  ])('%s', (_what, url, measured) => {
    expect(isMeasured(url)).toBe(measured)
  })

  test('and in style sheets, however they are written', () => {
    for (const kept of [
      `a{background:url("${small}")}`,
      `a{background:url(${small}) no-repeat}`,
      String.raw`.sm\:a::before{content:"\f101"}`,
    ])
      expect(measuredCss(kept)).toBe(kept)
    const written = [
      `a{background:url("${bomb}")}`,
      `a{background:url('${bomb}')}`,
      `a{background:url( ${bomb} )}`,
      `a{background:image-set("${bomb}" 1x)}`,
      `a{--x:url(${bomb})}`,
      `a{background:${String.raw`\75 rl("\64 ata:`}${bomb.slice(5)}")}`,
      `a{background:u\\rl("da\\ta\\3a ${bomb.slice(5)}")}`,
      `a{background:url("${bomb.toUpperCase().slice(0, 5)}${bomb.slice(5)}")}`,
    ]
    for (const css of written) expect([css.slice(0, 40), measuredCss(css).includes(bomb.slice(40))]).toEqual([css.slice(0, 40), false])
  })
})
