import { describe, expect, test } from 'vitest'
import type { DraftFile } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { createFileSaver } from './create-file-saver.ts'
import type { SaveState } from './create-file-saver.ts'
import type { UnsavedText } from './unsaved-texts.ts'

class Stale extends Error {}
class Refused extends Error {}

/** A server with one file, and a pause that the test ends. */
const world = (unsaved?: UnsavedText) => {
  const waitedMs: number[] = []
  const kept: (string | null)[] = []
  const file: DraftFile = {
    path: 'rules/region.rego',
    version: 1,
    text: 'one',
    edited_by: { id: `per_${'1'.repeat(32)}`, name: 'Ben' },
    edited_ms: 0,
  }
  const server = { file: file as DraftFile | null, down: false, refuses: false, puts: [] as string[] }
  const states: SaveState[] = []
  let paused: (() => void) | null = null
  const saver = createFileSaver({
    file,
    unsaved,
    async put(text, version) {
      server.puts.push(text)
      await Promise.resolve()
      if (server.down) throw new Error('The gateway does not answer')
      if (server.refuses) throw new Refused()
      if (version !== (server.file?.version ?? 0)) throw new Stale()
      server.file = { ...file, text, version: version + 1 }
      return version + 1
    },
    conflictOf: (error) => (error instanceof Stale ? server.file : undefined),
    isPassing: (error) => !(error instanceof Refused),
    onUnsaved: (text) => void kept.push(text),
    onState: (state) => void states.push(state),
    pauseMs: 600,
    later(act, afterMs) {
      waitedMs.push(afterMs)
      paused = act
      return () => void (paused = null)
    },
  })
  const byBen = (text: string): void => {
    server.file = { ...file, text, version: (server.file?.version ?? 0) + 1 }
  }
  return { server, states, saver, kept, waitedMs, byBen, endPause: () => paused?.(), waits: () => paused !== null }
}

describe('what is typed', () => {
  test('is saved by the pause after it, once', async () => {
    const { server, saver, endPause, waits } = world()
    saver.edit('two')
    saver.edit('two and')
    expect(server.puts).toEqual([])
    endPause()
    await saver.save()
    expect(server.file).toMatchObject({ text: 'two and', version: 2 })
    expect(server.puts).toEqual(['two and'])
    expect(saver.state()).toEqual({ phase: 'saved', version: 2 })
    expect(waits()).toBe(false)
  })

  test('while a save is under way is saved after it, over the version that it made', async () => {
    const { server, saver } = world()
    saver.edit('two')
    const first = saver.save()
    await Promise.resolve()
    saver.edit('three')
    await first
    expect(server.puts).toEqual(['two', 'three'])
    expect(server.file).toMatchObject({ text: 'three', version: 3 })
  })

  test('never goes over what somebody else saved: both are kept until a person decides', async () => {
    const { server, saver, byBen } = world()
    saver.edit('mine')
    byBen('of Ben')
    await saver.save()
    expect(server.file?.text).toBe('of Ben')
    expect(saver.state()).toMatchObject({ phase: 'conflict', theirs: { text: 'of Ben', version: 2 } })
    saver.edit('mine and of Ben')
    await saver.save()
    expect(server.file?.text).toBe('of Ben')
    await saver.settle('mine')
    expect(server.file).toMatchObject({ text: 'mine and of Ben', version: 3 })
  })

  test('is given up for theirs when that is chosen, and for nothing where they removed the file', async () => {
    const { server, saver, byBen } = world()
    saver.edit('mine')
    byBen('of Ben')
    await saver.save()
    await saver.settle('theirs')
    expect([saver.text(), saver.state()]).toEqual(['of Ben', { phase: 'saved', version: 2 }])
    saver.edit('mine again')
    server.file = null
    await saver.save()
    expect(saver.state()).toMatchObject({ phase: 'conflict', theirs: null })
    await saver.settle('mine')
    expect(server.file).toMatchObject({ text: 'mine again', version: 1 })
  })

  test('is no conflict where both wrote the same', async () => {
    const { saver, byBen } = world()
    saver.edit('same')
    byBen('same')
    await saver.save()
    expect(saver.state()).toEqual({ phase: 'saved', version: 2 })
  })

  test('stays to be saved when the gateway does not answer, and when the file is closed', async () => {
    const { server, saver } = world()
    server.down = true
    saver.edit('two')
    await saver.save()
    expect(saver.state()).toMatchObject({ phase: 'failed', version: 1 })
    server.down = false
    expect(await saver.close()).toBeUndefined()
    expect(server.file?.text).toBe('two')
  })

  test('is tried again by itself while the gateway does not answer, after longer and longer waits, and not when it was refused', async () => {
    const { server, saver, waitedMs, endPause, waits } = world()
    server.down = true
    saver.edit('two')
    for (let tries = 0; tries < 7; tries += 1) {
      endPause()
      await saver.save()
    }
    expect(saver.state()).toMatchObject({ phase: 'failed', again: true })
    expect([...new Set(waitedMs)]).toEqual([600, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000])
    server.down = false
    endPause()
    await saver.save()
    expect([server.file?.text, saver.state().phase]).toEqual(['two', 'saved'])
    server.refuses = true
    saver.edit('three')
    await saver.save()
    expect([saver.state(), waits()]).toMatchObject([{ phase: 'failed', again: false }, false])
  })

  test('is told to be kept beyond the page with every key, until it is saved', async () => {
    const { saver, byBen, kept } = world()
    saver.edit('two')
    saver.edit('three')
    await saver.save()
    expect(kept).toEqual(['two', 'three', null])
    saver.edit('mine')
    byBen('of Ben')
    await saver.save()
    saver.edit('mine and more')
    expect(kept.slice(3)).toEqual(['mine', 'mine and more'])
    await saver.settle('theirs')
    expect(kept.at(-1)).toBeNull()
  })

  test('and arrived when the page was left is kept no longer', () => {
    const { saver, kept } = world({ text: 'one', typedMs: 5 })
    expect([saver.state(), kept]).toEqual([{ phase: 'saved', version: 1 }, [null]])
  })

  test('and could not be saved is kept when the file is closed, and shown beside what is there when it is opened again', async () => {
    const { server, saver } = world()
    server.down = true
    saver.edit('two')
    expect(await saver.close()).toBe('two')
    const again = world({ text: 'two', typedMs: 5 }).saver
    expect([again.text(), again.state()]).toMatchObject(['two', { phase: 'conflict', theirs: { text: 'one' }, typedMs: 5 }])
    await again.settle('mine')
    expect(again.state()).toEqual({ phase: 'saved', version: 2 })
  })
})
