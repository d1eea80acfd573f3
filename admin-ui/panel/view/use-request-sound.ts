import { useEffect, useRef, useState } from 'react'

const storageKey = 'sallyport.panel.sound'
const everyMs = 4_000

/** A short double tone while somebody waits. Browsers let it sound only after the first touch of the page. */
export const useRequestSound = (waiting: boolean): { readonly on: boolean; readonly toggle: () => void } => {
  const audio = useRef<AudioContext | null>(null)
  const [on, setOn] = useState(() => localStorage.getItem(storageKey) !== 'off')
  useEffect(() => {
    const wake = (): void => {
      audio.current ??= new AudioContext()
      void audio.current.resume()
    }
    window.addEventListener('pointerdown', wake)
    window.addEventListener('keydown', wake)
    return () => {
      window.removeEventListener('pointerdown', wake)
      window.removeEventListener('keydown', wake)
    }
  }, [])
  useEffect(() => {
    if (!waiting || !on) return
    const ring = (): void => {
      if (audio.current === null) return
      beep(audio.current, 0, 660)
      beep(audio.current, 0.22, 880)
    }
    ring()
    const timer = setInterval(ring, everyMs)
    return () => clearInterval(timer)
  }, [waiting, on])
  const toggle = (): void => {
    localStorage.setItem(storageKey, on ? 'off' : 'on')
    setOn(!on)
  }
  return { on, toggle }
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
