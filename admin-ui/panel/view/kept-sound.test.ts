import { expect, it } from 'vitest'
import { keepSound, readKeptSound } from './kept-sound.ts'

const shelf = (): Map<string, string> & { getItem(key: string): string | null; setItem(key: string, value: string): void } =>
  Object.assign(new Map<string, string>(), {
    getItem(this: Map<string, string>, key: string) {
      return this.get(key) ?? null
    },
    setItem(this: Map<string, string>, key: string, value: string) {
      this.set(key, value)
    },
  })

it('is read again as it was chosen, and is everything at the middle volume before', () => {
  const kept = shelf()
  expect(readKeptSound(kept)).toEqual({ choice: 'on', volume: 'normal' })
  keepSound(kept, { choice: 'requests', volume: 'loud' })
  expect(readKeptSound(kept)).toEqual({ choice: 'requests', volume: 'loud' })
})

it('is the default where something else stands there', () => {
  const kept = shelf()
  for (const key of ['sallyport.panel.sound', 'sallyport.panel.volume']) kept.setItem(key, '<b>')
  expect(readKeptSound(kept)).toEqual({ choice: 'on', volume: 'normal' })
})
