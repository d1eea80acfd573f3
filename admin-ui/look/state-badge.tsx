import { IconBan, IconCircleCheck, IconHourglass, IconKey, IconPlayerPause, IconPlug, IconPlugConnected } from '@tabler/icons-react'
import type { CSSProperties, ReactNode } from 'react'
import { GateMark } from './gate-mark.tsx'
import { toneVar } from './tokens.ts'
import type { Tone } from './tokens.ts'

export type StateLook = 'waiting' | 'approved' | 'live' | 'paused' | 'ended' | 'offline' | 'online' | 'good' | 'bad'

const looks: Record<StateLook, { readonly tone: Tone; readonly icon: (size: number) => ReactNode }> = {
  waiting: { tone: 'wait', icon: (size) => <IconHourglass size={size} aria-hidden="true" /> },
  approved: { tone: 'primary', icon: (size) => <IconKey size={size} aria-hidden="true" /> },
  live: { tone: 'live', icon: (size) => <GateMark open size={size} /> },
  paused: { tone: 'wait', icon: (size) => <IconPlayerPause size={size} aria-hidden="true" /> },
  ended: { tone: 'muted', icon: (size) => <GateMark open={false} size={size} /> },
  offline: { tone: 'muted', icon: (size) => <IconPlug size={size} aria-hidden="true" /> },
  online: { tone: 'ok', icon: (size) => <IconPlugConnected size={size} aria-hidden="true" /> },
  good: { tone: 'ok', icon: (size) => <IconCircleCheck size={size} aria-hidden="true" /> },
  bad: { tone: 'danger', icon: (size) => <IconBan size={size} aria-hidden="true" /> },
}

export const lookIcon = (look: StateLook, size = 20): ReactNode => looks[look].icon(size)

/** A state is always colour, icon and word. */
export const StateBadge = ({ look, word, size = 20 }: { readonly look: StateLook; readonly word: string; readonly size?: number }) => (
  <span className="state" style={{ '--state-colour': toneVar(looks[look].tone) } as CSSProperties}>
    {looks[look].icon(size)}
    {word}
  </span>
)
