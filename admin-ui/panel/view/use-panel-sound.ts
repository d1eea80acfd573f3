import { useEffect, useRef, useState } from 'react'
import { keepSound, readKeptSound } from './kept-sound.ts'
import type { KeptSound } from './kept-sound.ts'

const everyMs = 4_000
/** Of a request; the quieter tones are a third of it. */
const loudness = { quiet: 0.08, normal: 0.25, loud: 0.7 } as const
const quieter = 1 / 3
/** A browser that allows the sound takes a moment to start it. */
const startsWithinMs = 1_500

/**
 * `requests`: only while somebody waits to be let in. `blocked`: the browser lets a page sound only after it was touched once, or when it was started to
 * allow it (a kiosk).
 */
export type SoundState = 'on' | 'requests' | 'off' | 'blocked'

export interface PanelSound {
  readonly state: SoundState
  readonly kept: KeptSound
  /** The browser did not let this page sound when it was opened. */
  readonly wasBlocked: boolean
  /** From now on, and when the page is opened again. */
  readonly keep: (changed: Partial<KeptSound>) => void
  /** The tone of a request, once. */
  readonly sample: () => void
}

export interface PanelSoundOptions {
  /** Somebody asks to be let in. */
  readonly waiting: boolean
  /** Id of the session, and the number of the technician's newest message in it; null: there is none. */
  readonly said: string | null
  /** Id of the open call for help and whether somebody took it; null: there is none. */
  readonly taken: string | null
}

/** However much is written. */
const chatEveryMs = 4_000

/** A double tone while somebody waits; a quieter one when the technician wrote, or somebody took the call for help. All made here, none is loaded. */
export const usePanelSound = ({ waiting, said, taken }: PanelSoundOptions): PanelSound => {
  const { audio, running, blocked } = useAudio()
  const [kept, setKept] = useState(() => readKeptSound(localStorage))
  const [wasBlocked, setWasBlocked] = useState(false)
  if (blocked && !wasBlocked) setWasBlocked(true)
  const { choice } = kept
  const full = loudness[kept.volume]
  useEffect(() => {
    if (!waiting || choice === 'off' || !running) return
    ring(audio, full)
    const timer = setInterval(() => ring(audio, full), everyMs)
    return () => clearInterval(timer)
  }, [audio, waiting, choice, running, full])
  const speaks = choice === 'on' && running
  useNews(said, speaks, () => beep(audio, 0, 520, full * quieter))
  useNews(taken, speaks, () => [523, 659, 784].forEach((hertz, place) => beep(audio, 0.18 * place, hertz, full * quieter)))
  const keep = (changed: Partial<KeptSound>): void => {
    const next = { ...kept, ...changed }
    keepSound(localStorage, next)
    setKept(next)
  }
  const state = choice === 'off' ? 'off' : blocked ? 'blocked' : choice
  return { state, kept, wasBlocked, keep, sample: () => ring(audio, full) }
}

/** Runs when it changes, and not for what was there when the page was opened or the session began. */
const useNews = (what: string | null, speaks: boolean, run: () => void): void => {
  const heard = useRef<string | null>(null)
  const lastAt = useRef(-Infinity)
  useEffect(() => {
    const before = heard.current
    heard.current = what
    if (before === null || what === null || what === before || !speaks) return
    if (performance.now() - lastAt.current < chatEveryMs) return
    lastAt.current = performance.now()
    run()
  })
}

/** Tries at once, and again with every touch and key until the browser agrees. */
const useAudio = (): { readonly audio: AudioContext; readonly running: boolean; readonly blocked: boolean } => {
  const [audio] = useState(() => new AudioContext())
  const [running, setRunning] = useState(() => audio.state === 'running')
  const [waited, setWaited] = useState(false)
  useEffect(() => {
    const changed = (): void => setRunning(audio.state === 'running')
    const wake = (): void => void audio.resume()
    audio.addEventListener('statechange', changed)
    // After the press has done its work: the button of the sound must still see that it was blocked.
    window.addEventListener('click', wake)
    window.addEventListener('keyup', wake)
    changed()
    const timer = setTimeout(() => setWaited(true), startsWithinMs)
    return () => {
      clearTimeout(timer)
      audio.removeEventListener('statechange', changed)
      window.removeEventListener('click', wake)
      window.removeEventListener('keyup', wake)
    }
  }, [audio])
  return { audio, running, blocked: waited && !running }
}

const ring = (audio: AudioContext, loud: number): void => {
  beep(audio, 0, 660, loud)
  beep(audio, 0.22, 880, loud)
}

const beep = (audio: AudioContext, delayS: number, hertz: number, loud: number): void => {
  const tone = audio.createOscillator()
  const gain = audio.createGain()
  const start = audio.currentTime + delayS
  tone.frequency.value = hertz
  gain.gain.setValueAtTime(0.0001, start)
  gain.gain.exponentialRampToValueAtTime(loud, start + 0.02)
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.18)
  tone.connect(gain).connect(audio.destination)
  tone.start(start)
  tone.stop(start + 0.2)
}
