import fc from 'fast-check'
import { expect, it } from 'vitest'
import { downloadName } from './download-name.ts'

const named = (disposition: string | undefined, more: { readonly path?: string; readonly type?: string; readonly dest?: string } = {}) =>
  downloadName({ disposition, type: more.type, path: more.path ?? '/files/raw?id=7', dest: more.dest })
/** A header as Node reads it: a character a byte. */
const asRead = (header: string): string => Buffer.from(header).toString('latin1')

it.each([
  ['attachment; filename="log.zip"', 'log.zip'],
  ['attachment; filename=log.zip', 'log.zip'],
  ['ATTACHMENT ; FileName = "log.zip" ; size=3', 'log.zip'],
  [`attachment; filename="euro.txt"; filename*=UTF-8''%e2%82%ac%20rates.txt`, '€ rates.txt'],
  [`attachment; filename*=iso-8859-1'de'gr%FCn.txt`, 'grün.txt'],
  [`attachment; filename*=utf-7''nonsense; filename=plain.txt`, 'plain.txt'],
  [asRead('attachment; filename="Störung.csv"'), 'Störung.csv'],
  ['attachment; filename="gr\u00fcn.txt"', 'grün.txt'],
  [String.raw`attachment; filename="a \"b\"; filename=c.txt"`, 'a "b"; filename=c.txt'],
  [String.raw`attachment; filename="..\\..\\etc\\passwd"`, 'passwd'],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ['attachment', 'raw'],
  ['attachment; filename=""', 'raw'],
  ['something-new; filename=x.bin', 'x.bin'],
])('reads %s as a browser does', (header, name) => {
  expect(named(header)).toBe(name)
})

it('shows no character that turns or hides text, and keeps the ending of a long name', () => {
  const turned = `attachment; filename*=UTF-8''report%E2%80%AEgpj.exe%00%0A%E2%80%8B`
  expect(named(turned)).toBe('reportgpj.exe')
  const long = named(`attachment; filename="${'n'.repeat(500)}.tar.gz"`) ?? ''
  expect([Array.from(long).length, long.endsWith('n.tar.gz'), long.includes('…')]).toEqual([120, true, true])
  expect(named(`attachment; filename="${'n'.repeat(120)}"`)).toHaveLength(120)
  expect(named('attachment', { path: '/' })).toBe('download')
  expect(named('attachment', { path: '/a%2Fb/%E2%82%AC.csv?x=/y' })).toBe('€.csv')
})

it('takes what a page shows for no download, and what no browser shows for one where a page was asked for', () => {
  expect(named(undefined)).toBeNull()
  expect(named('inline; filename="plan.pdf"')).toBeNull()
  expect(named('filename="plan.pdf"')).toBeNull()
  const file = { path: '/backup/press.bin', type: 'application/octet-stream' }
  expect(named(undefined, { ...file, dest: 'document' })).toBe('press.bin')
  expect(named(undefined, { ...file, dest: 'empty' })).toBeNull()
  for (const type of ['text/html', 'application/xhtml+xml', 'application/json', 'application/vnd.api+json', 'image/png'])
    expect([type, named(undefined, { path: '/x', type, dest: 'document' })]).toEqual([type, null])
})

/** What breaks readers of headers, and what must never be shown. */
const odd = fc.constantFrom(
  ...Array.from('"\\;=%\'/ a\0\n\r\t\u007f\u0085\u00ad\u00ff\u200b\u202e\u2066\u2028\ud800\ue000'),
  '%E2%80%AE',
  '%2F',
  '%5C',
  '%ED%A0%80',
  'filename=',
)

it('gives a short plain name or none for whatever a machine sends, in no time', () => {
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 200 }), (pieces) => {
      const text = pieces.join('')
      const name = named(`attachment; filename="${text}"; filename*=UTF-8''${text}`, { path: `/${text}` }) ?? ''
      return name !== '' && !/[\p{C}/\\]/u.test(name) && Array.from(name).length <= 120
    }),
  )
  const startedAt = performance.now()
  named(`attachment${';filename="'.repeat(6_000)}`)
  expect(performance.now() - startedAt).toBeLessThan(500)
})
