import type { BarView } from '../../gateway/proxy/bar/bar-view.ts'
import type { Tone } from '../look/tokens.ts'
import type { Icon } from './element.ts'
import type { BarState, BarWords } from './words.ts'

/** Of several states the one that holds most back. */
export function barState({ machine, tunnel_lost_at: lostAt, conduct, state }: BarView, lost: boolean): BarState {
  if (lost) return 'lost'
  if (lostAt !== null || !machine.online) return 'offline'
  if (conduct.paused || conduct.held === 'pin') return 'paused'
  if (conduct.view_only) return 'view_only'
  if (state === 'open') return 'live'
  return state === 'approved' ? 'approved' : 'waiting'
}

export const toneOf: Readonly<Record<BarState, Tone>> = {
  lost: 'danger',
  offline: 'muted',
  paused: 'wait',
  view_only: 'wait',
  live: 'live',
  approved: 'primary',
  waiting: 'wait',
}

interface Watched {
  readonly tone: Tone
  readonly icon: Icon
  readonly word: keyof BarWords['watched']
}

/** Whether somebody at the machine can see the technician. */
export function watchedBy({ panel, watched }: Pick<BarView, 'panel' | 'watched'>): Watched {
  if (watched) return { tone: 'ok', icon: 'eye', word: 'watches' }
  if (panel === null) return { tone: 'muted', icon: 'eyeOff', word: 'unknown' }
  return panel ? { tone: 'muted', icon: 'eyeOff', word: 'there' } : { tone: 'wait', icon: 'eyeOff', word: 'nobody' }
}

/** What somebody who works here has to know now; nothing while all goes well. */
export function noteOf(view: BarView, lost: boolean, words: BarWords['notes']): string {
  const { conduct } = view
  if (lost) return words.lost
  if (view.tunnel_lost_at !== null || !view.machine.online) return words.tunnelLost
  if (conduct.paused) return words.paused(conduct.by)
  if (conduct.held !== null) return words[conduct.held]
  return conduct.view_only ? words.viewOnly(conduct.by) : ''
}
