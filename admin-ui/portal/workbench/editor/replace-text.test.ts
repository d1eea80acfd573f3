import { EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import { changeTo } from './replace-text.ts'

test.each([
  ['allow if  x\n', 'allow if x\n'],
  ['aaa', 'aaaa'],
  ['aaaa', 'aa'],
  ['', 'new'],
  ['gone', ''],
  ['a\nb\nc', 'a\nB\nc'],
])('a text is exchanged by one change: %j becomes %j', (before, next) => {
  const state = EditorState.create({ doc: before })
  const change = changeTo(state.doc, next)
  expect(change).not.toBeNull()
  expect(state.update({ changes: change ?? [] }).state.doc.toString()).toBe(next)
})

test('the cursor stays where it was in what did not change, and the same text is no change', () => {
  const state = EditorState.create({ doc: 'one  two\nthree\n', selection: { anchor: 12 } })
  const after = state.update({ changes: changeTo(state.doc, 'one two\nthree\n') ?? [] }).state
  expect(after.doc.sliceString(after.selection.main.head, after.selection.main.head + 2)).toBe('ee')
  expect(changeTo('same', 'same')).toBeNull()
})
