import { useEffect, useState } from 'react'

const storageKey = 'sallyport.panel.sound'
const everyMs = 4_000
/** A browser that allows the sound takes a moment to start it. */
const startsWithinMs = 1_500

/** `blocked`: the browser lets a page sound only after it was touched once, or when it was started to allow it (a kiosk). */
export type SoundState = 'on' | 'off' | 'blocked'

export interface RequestSound {
  readonly state: SoundState
  readonly toggle: () => void
}

/** A short double tone while somebody waits. */
export const useRequestSound = (waiting: boolean): RequestSound => {
  const { audio, running, blocked } = useAudio()
  const [on, setOn] = useState(() => localStorage.getItem(storageKey) !== 'off')
  useEffect(() => {
    if (!waiting || !on || !running) return
    const ring = (): void => {
      beep(audio, 0, 660)
      beep(audio, 0.22, 880)
    }
    ring()
    const timer = setInterval(ring, everyMs)
    return () => clearInterval(timer)
  }, [audio, waiting, on, running])
  const toggle = (): void => {
    // The touch of this button is what unblocks the sound: it must not switch it off too.
    if (on && blocked) return
    localStorage.setItem(storageKey, on ? 'off' : 'on')
    setOn(!on)
  }
  return { state: !on ? 'off' : blocked ? 'blocked' : 'on', toggle }
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

const beep = (audio: AudioContext, delayS: number, hertz: number): void => {
  const tone = audio.createOscillator()
  const gain = audio.createGain()
  const start = audio.currentTime + delayS
  tone.frequency.value = hertz
  gain.gain.setValueAtTime(0.0001, start)
  gain.gain.exponentialRampToValueAtTime(0.25, start + 0.02)
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.18)
  tone.connect(gain).connect(audio.destination)
  tone.start(start)
  tone.stop(start + 0.2)
}
