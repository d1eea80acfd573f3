import type { ReactNode } from 'react'
import { toneVar } from './tokens.ts'
import type { Tone } from './tokens.ts'

/** How much of a time is left, as a ring around its number. `share` 1 is all of it. */
export const CountdownRing = ({
  share,
  tone,
  size,
  children,
}: {
  readonly share: number
  readonly tone: Tone
  readonly size: number
  readonly children: ReactNode
}) => {
  const radius = size / 2 - 5
  const around = 2 * Math.PI * radius
  return (
    <span className="ring numbers" style={{ width: size, height: size }}>
      <svg width={size} height={size} aria-hidden="true">
        <circle cx={size / 2} cy={size / 2} r={radius} fill="none" stroke="var(--sp-hairline)" strokeWidth="8" />
        <circle
          cx={size / 2}
          cy={size / 2}
          r={radius}
          fill="none"
          stroke={toneVar(tone)}
          strokeWidth="8"
          strokeDasharray={around}
          strokeDashoffset={around * (1 - Math.max(0, Math.min(1, share)))}
          transform={`rotate(-90 ${size / 2} ${size / 2})`}
        />
      </svg>
      <span className="ring-text">{children}</span>
    </span>
  )
}
