import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useState } from 'react'
import { formatCountdown } from '../../words/format.ts'
import { useWords } from '../../words/language.tsx'
import { replayWords } from '../words/replay-words.ts'
import type { Replay } from './use-replay.ts'

const speeds = [1, 2, 4, 8] as const

/** Play and pause, the moment, how fast, and whether idle time is shown. */
export const ReplayControls = ({ player, view, seek }: Replay) => {
  const words = useWords(replayWords)
  const [speed, setSpeed] = useState<number>(speeds[0])
  const [skips, setSkips] = useState(true)
  const seconds = (ms: number): string => formatCountdown(Math.floor(ms / 1000))
  const { startAt, endAt, at, playing } = view
  const Icon = playing ? IconPlayerPause : IconPlayerPlay
  return (
    <div className="replay-controls">
      <input
        type="range"
        className="replay-seek"
        aria-label={words.position}
        aria-valuetext={words.positionOf(seconds(at - startAt), seconds(endAt - startAt))}
        min={0}
        max={Math.max(1, endAt - startAt)}
        step={1_000}
        value={at - startAt}
        onChange={(event) => seek(startAt + Number(event.currentTarget.value))}
      />
      <span className="numbers replay-time">
        {seconds(at - startAt)} / {seconds(endAt - startAt)}
      </span>
      <button type="button" className="tool replay-play" onClick={() => player.play(!playing)}>
        <Icon size={30} aria-hidden="true" />
        {playing ? words.pause : words.play}
      </button>
      <button
        type="button"
        className="tool numbers"
        onClick={() => {
          const next = speeds[(speeds.indexOf(speed as (typeof speeds)[number]) + 1) % speeds.length] ?? 1
          setSpeed(next)
          player.setSpeed(next)
        }}
      >
        {words.speed(speed)}
      </button>
      <button
        type="button"
        className="tool"
        aria-pressed={skips}
        onClick={() => {
          setSkips(!skips)
          player.skipIdle(!skips)
        }}
      >
        {words.skipIdle}
      </button>
    </div>
  )
}
