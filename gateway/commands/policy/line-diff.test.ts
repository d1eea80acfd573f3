import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { lineDiff } from './line-diff.ts'

const work = mkdtempSync(join(tmpdir(), 'line-diff-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** `patch` makes the one out of the other by it. */
function patched(before: string, after: string): string {
  const file = join(work, 'x')
  writeFileSync(file, before)
  execFileSync('git', ['apply', '--unsafe-paths', '--unidiff-zero', '--directory', '', '-'], {
    cwd: work,
    input: lineDiff('x', before, after),
  })
  return execFileSync('cat', [file], { encoding: 'utf8' })
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `line ${n}`)
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`

it('shows what changed with three lines around it', () => {
  const lines = numbered(20)
  const changed = lines.toSpliced(10, 1, 'other')
  expect(lineDiff('rules/a.rego', text(lines), text(changed))).toBe(
    [
      '--- a/rules/a.rego',
      '+++ b/rules/a.rego',
      '@@ -8,7 +8,7 @@',
      ' line 7',
      ' line 8',
      ' line 9',
      '-line 10',
      '+other',
      ' line 11',
      ' line 12',
      ' line 13',
      '',
    ].join('\n'),
  )
})

it('says that a file is new, or gone', () => {
  expect(lineDiff('a', undefined, 'x\n')).toBe('--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n')
  expect(lineDiff('a', 'x\ny\n', undefined)).toBe('--- a/a\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\n-y\n')
})

it('is one that git applies, wherever and however often something changed', () => {
  const lines = numbered(60)
  const changes = [
    lines.toSpliced(0, 2),
    lines.toSpliced(57, 3, 'a', 'b'),
    lines.toSpliced(5, 1, 'a').toSpliced(11, 2).toSpliced(40, 0, 'x', 'y', 'z'),
    ['first', ...lines, 'last'],
    lines.toReversed(),
  ]
  for (const change of changes) expect(patched(text(lines), text(change))).toBe(text(change))
})
