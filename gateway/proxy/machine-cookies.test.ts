import { expect, test } from 'vitest'
import type { CookiePin } from './ports.ts'
import { createMachineCookies } from './machine-cookies.ts'
import { requestCookies } from './request-cookies.ts'

test.each([
  ['a=b; Domain=machines.localhost; Path=/', 'a=b; Path=/'],
  ['a=b;domain=.localhost;HttpOnly;SameSite=Strict', 'a=b; HttpOnly; SameSite=Strict'],
  ['a=b; DOMAIN = x; Domain; Secure', 'a=b; Secure'],
  ['a=b=c; Max-Age=5', 'a=b=c; Max-Age=5'],
  ['__Host-own=1; Secure; Path=/', '__Host-own=1; Secure; Path=/'],
  ['=__Host-sallyport=evil', undefined],
  ['novalue', undefined],
  ['__Host-sallyport=evil; Path=/', undefined],
  ['__HOST-Sallyport=evil', undefined],
  ['sallyport-access=evil', undefined],
  ['a b=c', undefined],
  ['a=b\x01', undefined],
])('Set-Cookie %j becomes %j', (before, after) => {
  expect(createMachineCookies().rewrite(before)).toBe(after)
})

test("of the browser's cookies only those with one plain name and one value remain, and ours are taken out", () => {
  const ours = 'A_-4'.repeat(11).slice(1)
  const read = requestCookies(
    [
      `a=1; b="x y"; a=2; __Host-sallyport=${ours}; __Host-sallyport=bar:${ours}; sallyport-access=x; =nameless; bare; c=`,
      'd=4; __host-sallyport=z',
    ],
    true,
  )
  expect(read.access).toEqual([ours])
  expect(read.machine).toEqual([
    ['b', '"x y"'],
    ['c', ''],
    ['d', '4'],
  ])
})

test('what is pinned is handed over to be kept, once for each change, and taken up again', () => {
  const kept = new Map<string, readonly string[]>()
  let writes = 0
  const keep = ({ name, digests }: CookiePin): void => {
    writes++
    if (digests.length === 0) kept.delete(name)
    else kept.set(name, digests)
  }
  const first = createMachineCookies([], keep)
  for (let time = 0; time < 20; time++) first.rewrite('sid=one; HttpOnly')
  expect(writes).toBe(1)
  first.rewrite('sid=two; HttpOnly')
  first.rewrite('gone=x; HttpOnly')
  first.rewrite('gone=x')
  first.rewrite(`${'n'.repeat(300)}=x; HttpOnly`)
  expect([...kept.keys()]).toEqual(['sid'])
  const second = createMachineCookies([...kept].map(([name, digests]) => ({ name, digests })))
  for (const [value, sent] of [
    ['one', 'sid=one'],
    ['two', 'sid=two'],
    ['tossed', ''],
  ] as const)
    expect(second.header([['sid', value]])).toBe(sent)
  for (let name = 0; name < 500; name++) first.rewrite(`n${name}=x; HttpOnly`)
  expect(kept.size).toBe(200)
})

test("a value of an HttpOnly cookie that the machine never set does not reach it, a page's own cookie does", () => {
  const cookies = createMachineCookies()
  cookies.rewrite('sid=real; HttpOnly')
  cookies.rewrite('theme=dark')
  expect(
    cookies.header([
      ['sid', 'real'],
      ['theme', 'light'],
      ['token', 'by script'],
    ]),
  ).toBe('sid=real; theme=light; token=by script')
  expect(cookies.header([['sid', 'tossed']])).toBe('')
  cookies.rewrite('sid=newer; HttpOnly')
  expect(cookies.header([['sid', 'real']])).toBe('sid=real')
  cookies.rewrite('sid=readable')
  expect(cookies.header([['sid', 'changed by script']])).toBe('sid=changed by script')
})
