import { IconShieldQuestion } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PanelConnection, PanelRenewal, PanelStranger } from '../../../agent/panel/panel-api.ts'
import { formatDate } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import { reasonText } from './connection-line.tsx'

/** What somebody must mend before this machine can be reached, or can be reached for long. */
export const NetworkNote = ({ connection, renewal }: { readonly connection: PanelConnection; readonly renewal: PanelRenewal | null }) => {
  const words = useWords(panelWords)
  const { language } = useLanguage()
  if (connection.stranger !== null) return <Note stranger={connection.stranger} />
  const code = connection.enrolment_code ?? null
  const isLate = connection.reason === 'renewal_pending'
  if (code !== null)
    return (
      <section className="network-note" aria-labelledby="enrolment-code">
        <div>
          <h2 id="enrolment-code">{isLate ? words.renewalCode : words.enrolmentCode}</h2>
          <p className="enrolment-code numbers">{code}</p>
          <p>{isLate ? words.renewalCodeText : words.enrolmentCodeText}</p>
        </div>
      </section>
    )
  if (renewal === null || connection.state !== 'connected') return null
  return (
    <Note stranger={renewal.stranger}>
      <p>{words.renewalFailed(formatDate(language, renewal.expires_at))}</p>
      {renewal.stranger === null ? <p>{reasonText(renewal.reason, words)}</p> : null}
    </Note>
  )
}

const Note = ({ stranger, children }: { readonly stranger: PanelStranger | null; readonly children?: ReactNode }) => {
  const words = useWords(panelWords)
  return (
    <section className="network-note">
      <IconShieldQuestion size={40} aria-hidden="true" />
      <div>
        {stranger === null ? null : <h2>{words.strangerTitle}</h2>}
        {children}
        {stranger === null ? null : (
          <>
            <p>{words.strangerSeen(stranger.issuer)}</p>
            <p>{words.strangerAsk}</p>
            <ul>
              {stranger.addresses.map((address) => (
                <li key={address}>{address}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  )
}
