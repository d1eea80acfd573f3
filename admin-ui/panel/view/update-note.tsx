import { IconPackage, IconPackageOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { PanelState, PanelUpdateOffer } from '../../../agent/panel/panel-api.ts'
import { formatList } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { updateWords } from '../words/update-words.ts'
import type { UpdateWords } from '../words/update-words.ts'
import { PanelProblemLine } from './panel-problem.tsx'
import { SwitchDialog } from './switch-dialog.tsx'
import { useIdentifiedAct } from './use-identified-act.tsx'

/** How long an update that did not work is shown before everything else; the history keeps it. */
const shownForMs = 24 * 3_600_000

const isReason = (reason: string, words: UpdateWords): reason is keyof UpdateWords['reasons'] => Object.hasOwn(words.reasons, reason)

/** A newer version of the agent that waits for somebody's word, or that did not work. */
export const UpdateNote = ({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) => {
  const words = useWords(updateWords)
  const act = useIdentifiedAct(panel)
  const [asking, setAsking] = useState<'install' | 'decline' | null>(null)
  /** The dialog stays mounted, so that it gives the focus back, and keeps its words while it closes. */
  const [asked, setAsked] = useState<'install' | 'decline'>('install')
  const { offer, last, keys } = state.updates
  const ask = (what: 'install' | 'decline'): void => {
    setAsked(what)
    setAsking(what)
  }
  const decide = (operator: string): void => {
    setAsking(null)
    if (offer === null) return
    const { sha256 } = offer
    if (asked === 'decline') act.run(() => panel.client.decideUpdate({ sha256, agree: false, operator }))
    else act.runAs(operator, (who) => panel.client.decideUpdate({ sha256, agree: true, ...who }))
  }
  const version = offer?.version ?? ''
  const failed = offer === null && last !== null && last.reason !== null && state.now - last.at < shownForMs ? last : null
  return (
    <>
      <PanelProblemLine text={act.problem} />
      {offer === null ? null : <Offer offer={offer} development={keys === 'development'} disabled={panel.lost || act.busy} onAsk={ask} />}
      {failed === null ? null : (
        <section className="update-note" data-failed="">
          <IconPackageOff size={40} aria-hidden="true" />
          <div>
            <strong>{failed.what === 'rolled_back' ? words.takenBack(failed.version, failed.from) : words.notTaken(failed.version)}</strong>
            <p>
              {failed.reason !== null && isReason(failed.reason, words)
                ? words.reasons[failed.reason]
                : words.otherReason(failed.reason ?? '?')}
            </p>
          </div>
        </section>
      )}
      <SwitchDialog
        opened={asking !== null}
        title={asked === 'install' ? words.installQuestion(version) : words.declineQuestion(version)}
        text={asked === 'install' ? `${words.text(offer?.from ?? '')}${state.pins ? ` ${words.needsPin}` : ''}` : undefined}
        confirm={asked === 'install' ? words.install : words.decline}
        operators={state.operators}
        onClose={() => setAsking(null)}
        onTurn={decide}
      />
      {act.dialog}
    </>
  )
}

interface OfferProps {
  readonly offer: PanelUpdateOffer
  readonly development: boolean
  readonly disabled: boolean
  readonly onAsk: (what: 'install' | 'decline') => void
}

const Offer = ({ offer, development, disabled, onAsk }: OfferProps) => {
  const words = useWords(updateWords)
  const { language } = useLanguage()
  const [own, other] = language === 'de' ? (['de', 'en'] as const) : (['en', 'de'] as const)
  const newsLanguage = offer.news[own].length > 0 ? own : other
  return (
    <section className="update-note" aria-labelledby="update">
      <IconPackage size={40} aria-hidden="true" />
      <div>
        <h2 id="update">{words.title(offer.version)}</h2>
        <p className="quiet-text">
          {words.fromTo(offer.from, offer.version)}. {words.signedBy(formatList(language, [...offer.signers]))}.
        </p>
        {development ? <p className="update-warning">{words.developmentKeys}</p> : null}
        <ul lang={newsLanguage}>
          {offer.news[newsLanguage].map((paragraph) => (
            <li key={paragraph}>{paragraph}</li>
          ))}
        </ul>
        {offer.state === 'offered' ? null : (
          <p role="status">
            {offer.state === 'installing' ? words.installing : words.agreed(offer.by)}
            {offer.waits === null ? null : ` ${words.waits[offer.waits]}`}
          </p>
        )}
        {offer.state === 'installing' ? null : (
          <div className="update-buttons">
            {offer.state === 'offered' ? (
              <button type="button" className="tool" disabled={disabled} onClick={() => onAsk('install')}>
                {words.install}
              </button>
            ) : null}
            <button type="button" className="tool" disabled={disabled} onClick={() => onAsk('decline')}>
              {words.decline}
            </button>
          </div>
        )}
      </div>
    </section>
  )
}
