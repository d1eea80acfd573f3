import { IconArrowsMaximize, IconArrowsMinimize } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import type { PanelMirrorPage, PanelSession, PanelState } from '../../../agent/panel/panel-api.ts'
import { StateBadge } from '../../look/state-badge.tsx'
import { useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { mirrorWords } from '../words/mirror-words.ts'
import { MirrorPicture } from './mirror-picture.tsx'
import { StepList } from './step-list.tsx'
import { useMirror } from './use-mirror.ts'
import type { Mirror } from './use-mirror.ts'

const redrawAfterMs = 3_000

/** What the technician sees and does, while he does it. */
export const LiveMirror = ({
  panel,
  state,
  session,
}: {
  readonly panel: Panel
  readonly state: PanelState
  readonly session: PanelSession
}) => {
  const words = useWords(mirrorWords)
  const mirror = useMirror(panel.client)
  const { view, model, heard } = mirror
  const [large, setLarge] = useState(false)
  const [drawn, setDrawn] = useState<{ readonly width: number; readonly height: number } | 'broken' | null>(null)
  const onDrawn = useCallback((size: Exclude<typeof drawn, null>) => setDrawn(size), [])
  useEffect(() => {
    if (drawn !== 'broken') return
    const timer = setTimeout(() => {
      setDrawn(null)
      model.choose(model.view().chosen)
    }, redrawAfterMs)
    return () => clearTimeout(timer)
  }, [drawn, model])
  const hasPages = state.services.some(({ name, kind }) => kind === 'http' && session.services.some((one) => one.name === name))
  const note = hasPages ? noteOf(mirror, drawn, words) : words.bytesOnly
  const canDraw = hasPages && view.begin?.wanted === true && !isBracketed()
  const size = drawn === 'broken' ? null : drawn
  const live = note === null && heard && !panel.lost && !session.paused
  return (
    <div className="mirror" data-large={large || undefined}>
      <section className="mirror-side" aria-label={words.title}>
        <div className="steps-head">
          <h2>{words.title}</h2>
          {note !== null ? null : session.paused ? (
            <StateBadge look="paused" word={words.paused} size={26} />
          ) : live ? (
            <StateBadge look="live" word={words.live} size={26} />
          ) : (
            <StateBadge look="offline" word={words.notLive} size={26} />
          )}
          {canDraw ? (
            <button type="button" className="tool" aria-label={large ? words.smaller : words.larger} onClick={() => setLarge(!large)}>
              {large ? <IconArrowsMinimize size={26} aria-hidden="true" /> : <IconArrowsMaximize size={26} aria-hidden="true" />}
            </button>
          ) : null}
        </div>
        {canDraw && view.begin !== null ? (
          <div
            className="mirror-space"
            data-live={live || undefined}
            style={{ aspectRatio: size === null ? '16 / 10' : `${size.width} / ${size.height}` }}
          >
            <MirrorPicture port={view.begin.port} title={words.title} model={model} onDrawn={onDrawn} />
            {note === null ? null : <p className="mirror-note">{note}</p>}
          </div>
        ) : (
          <p className="mirror-note">{note}</p>
        )}
        {view.pages.length > 1 && canDraw ? <PageChoice mirror={mirror} /> : null}
        {note === null ? (
          <p className="quiet-text">
            {view.pages.some(({ id, hole }) => id === view.shown && hole === 'too_large')
              ? `${words.holesOf.too_large} ${words.holes}`
              : words.holes}
          </p>
        ) : null}
      </section>
      <StepList steps={view.steps} requests={view.requests} />
    </div>
  )
}

/** A policy cannot name the origin of such an address, so the frame would stay empty. */
const isBracketed = (): boolean => location.hostname.startsWith('[')

const noteOf = (
  { view: { begin, pages, shown, wanted } }: Mirror,
  drawn: object | 'broken' | null,
  words: (typeof mirrorWords)['en'],
): string | null => {
  if (begin === null) return words.connecting
  if (!begin.wanted) return words.off
  if (isBracketed()) return words.otherAddress
  const hole = pages.find(({ id }) => id === wanted)?.hole ?? null
  if (hole !== null && shown !== wanted) return words.holesOf[hole]
  if (drawn === 'broken') return words.broken
  if (drawn !== null && (shown !== null || pages.length > 0)) return null
  return pages.length === 0 ? words.noPage : words.connecting
}

const PageChoice = ({ mirror: { view, model } }: { readonly mirror: Mirror }) => {
  const words = useWords(mirrorWords)
  const choices: readonly { readonly id: string | null; readonly name: string }[] = [
    { id: null, name: words.newestPage },
    ...view.pages.map((page) => ({ id: page.id, name: titleOf(page) ?? words.untitled })),
  ]
  return (
    <fieldset className="choice">
      <legend>{words.page}</legend>
      <div className="choice-items">
        {choices.map(({ id, name }) => (
          <label key={id} className="choice-item">
            <input type="radio" name="mirror-page" checked={view.chosen === id} onChange={() => model.choose(id)} />
            <bdi className="mirror-page">{name}</bdi>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

const titleOf = ({ told }: PanelMirrorPage): string | null => {
  if (told === null) return null
  const name = told.title.trim() === '' ? (URL.parse(told.url)?.pathname ?? '') : told.title.trim()
  return name === '' ? null : name.slice(0, 60)
}
