import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insertTag } from './insert-tag.ts'

const tag = '<script src="/r.js"></script>'

function inserted(pieces: readonly Buffer[]): { readonly whole: string; readonly waiting: number } {
  const inserter = insertTag(tag)
  let given = 0
  let out = 0
  let waiting = 0
  const parts: Buffer[] = []
  for (const piece of pieces) {
    given += piece.length
    for (const part of inserter.push(piece)) {
      parts.push(part)
      out += part.length
    }
    waiting = Math.max(waiting, given - out)
  }
  parts.push(...inserter.end())
  return { whole: Buffer.concat(parts).toString('latin1'), waiting }
}
const inOne = (html: string): string => inserted([Buffer.from(html, 'latin1')]).whole

describe('the place of the recorder in a document', () => {
  // `|` is the place.
  it.each([
    '<!doctype html><html><head>|<title>x</title>',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/x.dtd">\r\n<HTML LANG=de>\n<HEAD PROFILE="a>b">|<meta>',
    '\xef\xbb\xbf<!doctype html>\n<head>|',
    '<?xml version="1.0"?><!doctype html><html><head>|</head>',
    '<!-- <head> --><!doctype html><!--><!---><!----><!-- a -- > b --!><html><!---!> -- --><head>|<!-- c -->',
    '<html data-a=\'<head>"\' data-b = ">" data-c=a"b><head>|',
    '<html a="x"b=\'y>\'/c><head/>|',
    '<html = ">|"><head>',
    '<html a="><p>"><head>|',
    '<!doctype html>|<title>no head</title>',
    '<!doctype html>|<header>not a head</header>',
    '<!doctype html>|<htmlx>',
    '<!doctype html><html>|<body><head></head>',
    '<!doctype html><html>|<meta http-equiv="content-security-policy" content="">',
    '|text before everything<head>',
    '|< head>',
    '</p><!doctype html></a=">|" <head>',
    '<!doctype html>|</head>',
    '|</br/>',
    '</headx></ht ml><head>|',
    '</ not a tag><!doctype html><head>|',
    '<![CDATA[x]]><head>|',
    '<!><!-x><head>|',
    '  \t\f\n|',
    '|',
    '<!doctype html>|<',
    '<!doctype html>|<hea',
    '|\xef\xbbx',
    '|\xfe',
  ])('is %j', (marked) => {
    expect(inOne(marked.replace('|', ''))).toBe(marked.replace('|', tag))
  })

  it.each(['\xfe\xff\0<\0h', '\xff\xfe<\0h\0', '<!-- never ends <head>', '<html lang="never ends <head>', '<!doctype'])(
    'is nowhere in %j',
    (html) => expect(inOne(html)).toBe(html),
  )

  const piece = fc.constantFrom(
    '<!doctype html>',
    '<html>',
    '<html a="',
    '">',
    "'",
    '<head>',
    '<head ',
    '>',
    '<',
    '<!--',
    '-->',
    '--!>',
    '-',
    '!',
    '<?x',
    '</',
    '<h',
    'ead',
    'tml',
    ' a=b',
    '=',
    '/',
    '\n',
    'x',
    '\xef\xbb\xbf',
    '\xfe\xff',
    '<body>',
    '<meta charset=utf-8>',
    '\xfc',
  )
  const html = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''))

  it('does not depend on how the bytes were cut, and takes none of them away', () => {
    fc.assert(
      fc.property(html, fc.array(fc.nat(40), { maxLength: 12 }), (text, cuts) => {
        const bytes = Buffer.from(text, 'latin1')
        const at = [...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length])].toSorted((a, b) => a - b)
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        const { whole, waiting } = inserted(pieces)
        expect(whole).toBe(inOne(text))
        expect(whole.replace(tag, '')).toBe(text)
        // `</html` or `<head`, whose end is not there yet.
        expect(waiting).toBeLessThanOrEqual('</html'.length)
      }),
      { numRuns: 2_000 },
    )
  })

  it('never holds back more than a few bytes of a long comment', () => {
    const pieces = ['<!--', ...Array.from({ length: 200 }, () => 'x'.repeat(1_000)), '--><head>'].map((text) => Buffer.from(text))
    expect(inserted(pieces)).toMatchObject({ whole: expect.stringMatching(/--><head><script/), waiting: 0 })
  })
})
