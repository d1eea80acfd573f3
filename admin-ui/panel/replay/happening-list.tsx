import { IconBan, IconDoorEnter, IconDoorExit, IconEye, IconMessage, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import type { PanelChatMessage } from '../../../agent/panel/panel-api.ts'
import { chatWords } from '../../words/chat-words.ts'
import { formatSecond } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { isStep, RequestLine, StepLine } from '../mirror/step-list.tsx'
import { mirrorWords } from '../words/mirror-words.ts'
import { panelWords } from '../words/panel-words.ts'
import { replayWords } from '../words/replay-words.ts'
import type { Happening } from './recording-index.ts'

export interface HappeningListProps {
  readonly happenings: readonly Happening[]
  readonly left: number
  readonly chat: readonly PanelChatMessage[]
  /** The moment that is shown. */
  readonly at: number
  readonly onJump: (at: number) => void
}

const turnIcons = { began: IconDoorEnter, ended: IconDoorExit, held: IconPlayerPause, viewOnly: IconEye, goesOn: IconPlayerPlay } as const

type Line = { readonly key: string; readonly at: number } & ({ readonly happening: Happening } | { readonly message: PanelChatMessage })

/** What happened, in order; each leads to its moment. */
export const HappeningList = ({ happenings, left, chat, at, onJump }: HappeningListProps) => {
  const words = useWords(replayWords)
  const mirror = useWords(mirrorWords)
  const { language } = useLanguage()
  const [all, setAll] = useState(false)
  const list = useRef<HTMLOListElement>(null)
  const lines: readonly Line[] = [
    ...happenings.filter((one) => !('request' in one) || all || isStep(one.request)).map((happening) => ({ ...happening, happening })),
    ...chat.map((message) => ({ key: `chat ${message.n}`, at: message.at, message })),
  ].toSorted((a, b) => a.at - b.at)
  const now = lines.findLastIndex((line) => line.at <= at)
  useEffect(() => {
    const line = list.current?.children[now]
    if (line instanceof HTMLElement && list.current !== null)
      list.current.scrollTop = line.offsetTop - list.current.offsetTop - list.current.clientHeight / 2 + line.clientHeight / 2
  }, [now])
  return (
    <section className="steps" aria-label={words.steps}>
      <div className="steps-head">
        <h2>{words.steps}</h2>
        <button type="button" className="tool" aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? mirror.fewerRequests : mirror.allRequests}
        </button>
      </div>
      <ol ref={list} className="happenings">
        {lines.map((line, place) => (
          <li key={line.key}>
            <button type="button" className="happening" aria-current={place === now ? 'step' : undefined} onClick={() => onJump(line.at)}>
              <time dateTime={new Date(line.at).toISOString()}>{formatSecond(language, line.at)}</time>
              {'message' in line ? <ChatLine message={line.message} /> : <HappeningLine happening={line.happening} />}
            </button>
          </li>
        ))}
      </ol>
      {left === 0 ? null : <p className="quiet-text">{words.moreSteps(left)}</p>}
      <p className="quiet-text">{words.whoSaysSo}</p>
    </section>
  )
}

const Said = ({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) => (
  <span className="step">
    {icon}
    <span>{children}</span>
  </span>
)

const ChatLine = ({ message }: { readonly message: PanelChatMessage }) => {
  const words = useWords(replayWords)
  const { operator } = useWords(chatWords)
  return <Said icon={<IconMessage size={22} aria-hidden="true" />}>{words.wrote(message.name ?? operator, message.text)}</Said>
}

const HappeningLine = ({ happening }: { readonly happening: Happening }) => {
  const words = useWords(replayWords)
  const shared = useWords(panelWords)
  if ('step' in happening) return <StepLine step={happening.step} />
  if ('request' in happening) return <RequestLine request={happening.request} />
  if ('refused' in happening) {
    const { what, why, subject, count } = happening.refused
    return (
      <Said icon={<IconBan size={22} aria-hidden="true" />}>
        <strong>{words.refused}</strong>: {shared.refusedWhats[what](subject)}. {shared.refusedWhys[why]}
        {count === 1 ? null : ` (${shared.times(count)})`}
      </Said>
    )
  }
  const Icon = turnIcons[happening.turn]
  return <Said icon={<Icon size={22} aria-hidden="true" />}>{words[happening.turn]}</Said>
}
