import { describe, expect, it } from 'vitest'
import { signedNote } from '../testing/test-updates.ts'
import { compareVersions } from './compare-versions.ts'
import { judgeRelease, mostProgramBytes, parseRelease, thisPlatform, writeRelease } from './release-note.ts'

const { release } = signedNote({ program: 'x', signedBy: [] })
const text = writeRelease(release)

describe('the note of a release', () => {
  it('says what it was written with', () => {
    const timed = { ...release, expiresMs: Date.UTC(2027, 0, 1), version: '1.2.3-rc.1' }
    expect(parseRelease(writeRelease(timed))).toEqual(timed)
    expect(parseRelease(`${text}new-in-2030 something\n`)).toEqual(release)
  })

  it.each<[string, string]>([
    ['another kind of note', text.replace('sallyport-agent-update/1', 'sallyport-agent-update/2')],
    ['two versions', text.replace('platform', 'version 3.0.0\nplatform')],
    ['no digest', text.replace(/sha256 .*\n/, '')],
    ['a digest that is none', text.replace(/sha256 ./, 'sha256 G')],
    ['no program', text.replace('length 1\n', 'length 0\n')],
    ['a version that is none', text.replace('2.0.0', '2.0')],
    ['a line without value', `${text}news-en\n`],
    ['an empty line', `${text}\nx y\n`],
    ['more news than there may be', `${text}${'news-en x\n'.repeat(20)}`],
    ['a paragraph that is too long', `${text}news-en ${'x'.repeat(501)}\n`],
    ['a moment that is none', `${text}expires 2027-13-01T00:00:00Z\n`],
    ['a program that is too large', text.replace('length 1\n', `length ${mostProgramBytes + 1}\n`)],
  ])('is not read with %s', (_what, changed) => {
    expect(() => parseRelease(changed)).toThrow(expect.objectContaining({ code: 'bad_package' }))
  })

  it('is read with as much as there may be', () => {
    const most = text.replace('length 1\n', `length ${mostProgramBytes}\n`) + `news-en ${'x'.repeat(500)}\n${'news-en x\n'.repeat(18)}`
    expect(parseRelease(most)).toMatchObject({ length: mostProgramBytes, news: { en: { length: 20 } } })
  })
})

describe('a release', () => {
  const here = { platform: thisPlatform, running: '1.9.0', floor: null, nowMs: 1_000 }
  const judge = (change: object, machine: object = {}) => {
    try {
      judgeRelease({ ...release, ...change }, { ...here, ...machine })
      return 'taken'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  it('is taken where it is newer, and for this kind of machine', () => {
    expect(judge({})).toBe('taken')
    expect(judge({ platform: 'plan9-mips' })).toBe('wrong_platform')
    expect(judge({ version: '1.9.0' })).toBe('not_newer')
    expect(judge({ version: '1.8.9' })).toBe('not_newer')
  })

  it('is not taken when a newer one was here before, and the same one may be tried again', () => {
    expect(judge({}, { floor: '2.1.0' })).toBe('not_newer')
    expect(judge({}, { floor: '2.0.0' })).toBe('taken')
  })

  it('is taken before its end alone', () => {
    expect(judge({ expiresMs: 1_001 })).toBe('taken')
    expect(judge({ expiresMs: 1_000 })).toBe('update_expired')
  })
})

it('versions are ordered as Semantic Versioning says', () => {
  const ordered = [
    'nonsense',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ]
  expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered)
  for (const one of ordered) expect(compareVersions(one, one)).toBe(0)
})
