import { IconAlertTriangle, IconArrowRight, IconDownload, IconPencil, IconPointer, IconToggleLeft, IconWorld } from '@tabler/icons-react'
import { useState } from 'react'
import type { PanelMirrorRequest } from '../../../agent/panel/panel-api.ts'
import { formatBytes, formatSecond } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { mirrorWords } from '../words/mirror-words.ts'
import type { MirrorWords } from '../words/mirror-words.ts'
import type { Step } from './read-steps.ts'

type Item = { readonly key: string; readonly at: number } & ({ readonly step: Step } | { readonly request: PanelMirrorRequest })

const icons = { opened: IconWorld, clicked: IconPointer, changed: IconPencil, turned: IconToggleLeft } as const

/** What only reads is no step, unless it took a file away. */
export const isStep = ({ verdict, file }: PanelMirrorRequest): boolean => verdict !== 'reads' || typeof file === 'string'

/** What happened, the newest first: what a browser told, and what this machine forwarded. */
export const StepList = ({ steps, requests }: { readonly steps: readonly Step[]; readonly requests: readonly PanelMirrorRequest[] }) => {
  const words = useWords(mirrorWords)
  const { language } = useLanguage()
  const [all, setAll] = useState(false)
  const unexplained = requests.filter(({ verdict }) => verdict === 'unexplained').length
  const items: readonly Item[] = [
    ...steps.toReversed().map((step) => ({ key: step.key, at: step.at, step })),
    ...requests
      .filter((request) => all || isStep(request))
      .toReversed()
      .map((request) => ({ key: `request ${request.n}`, at: request.at, request })),
  ].toSorted((a, b) => b.at - a.at)
  return (
    <section className="steps" aria-label={words.steps}>
      <div className="steps-head">
        <h2>{words.steps}</h2>
        <button type="button" className="tool" aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? words.fewerRequests : words.allRequests}
        </button>
      </div>
      {unexplained === 0 ? null : (
        <p className="steps-alarm" role="status">
          <IconAlertTriangle size={28} aria-hidden="true" />
          {words.unexplainedCount(unexplained)}
        </p>
      )}
      {items.length === 0 ? <p className="quiet-text">{words.noSteps}</p> : null}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also for whoever has only keys */}
      <ol className="step-list" tabIndex={0} aria-label={words.steps} hidden={items.length === 0}>
        {items.map((item) => (
          <li key={item.key}>
            <time dateTime={new Date(item.at).toISOString()}>{formatSecond(language, item.at)}</time>
            {'step' in item ? <StepLine step={item.step} /> : <RequestLine request={item.request} />}
          </li>
        ))}
      </ol>
      <p className="quiet-text">{words.whoSaysSo}</p>
    </section>
  )
}

export const StepLine = ({ step }: { readonly step: Step }) => {
  const words = useWords(mirrorWords)
  const Icon = icons[step.kind]
  return (
    <span className="step">
      <Icon size={22} aria-hidden="true" />
      <span>{saidOf(step, words)}</span>
    </span>
  )
}

export const RequestLine = ({ request }: { readonly request: PanelMirrorRequest }) => {
  const words = useWords(mirrorWords)
  const { language } = useLanguage()
  const { method, path, status, done, bytes_up: up, bytes_down: down, verdict } = request
  const file = request.file ?? null
  if (file !== null && verdict === 'reads') return <DownloadLine file={file} bytes={done ? formatBytes(language, down) : null} />
  const answer = status === null ? (done ? words.noAnswer : words.underWay) : String(status)
  return (
    <span className="step" data-verdict={verdict}>
      <IconArrowRight size={22} aria-hidden="true" />
      <span>
        <bdi className="mono">
          {method} {path}
        </bdi>{' '}
        <span className="numbers step-answer">
          {answer}, {words.bytes(formatBytes(language, up), formatBytes(language, down))}
        </span>
        {file === null ? null : <DownloadLine file={file} bytes={done ? formatBytes(language, down) : null} />}
        {verdict === 'unexplained' ? (
          <strong className="step-unexplained">
            <IconAlertTriangle size={22} aria-hidden="true" />
            {words.unexplained}
          </strong>
        ) : null}
      </span>
    </span>
  )
}

/** `bytes`: null while it is under way. The name is the machine's: its writing direction stays inside. */
const DownloadLine = ({ file, bytes }: { readonly file: string; readonly bytes: string | null }) => {
  const words = useWords(mirrorWords)
  return (
    <span className="step">
      <IconDownload size={22} aria-hidden="true" />
      <span>{words.downloaded(`\u2068${file}\u2069`, bytes)}</span>
    </span>
  )
}

const saidOf = (step: Step, words: MirrorWords): string => {
  if (step.kind === 'opened') return words.opened(step.what)
  if (step.kind === 'clicked') return step.what === null ? words.clickedSomewhere : words.clicked(step.what)
  if (step.kind === 'turned') return words.turned(step.what, step.on)
  return words.changed(step.what, step.from, step.to)
}
