import { IconAlertTriangle, IconEye, IconEyeOff, IconPlayerStop } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PanelRequest, PanelService, PanelSession } from '../../../agent/panel/panel-api.ts'
import { formatList } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { recordingWords } from '../words/recording-words.ts'

const Note = ({ icon: Icon, children }: { readonly icon: typeof IconEye; readonly children: ReactNode }) => (
  <p className="portal-note">
    <Icon size={24} aria-hidden="true" />
    <span>{children}</span>
  </p>
)

/** Whether the pages of a service are shown here. */
export const ServiceRecording = ({ service: { recorded } }: { readonly service: PanelService }) => {
  const words = useWords(recordingWords)
  if (recorded === null) return null
  return recorded ? <p className="quiet-text">{words.recorded}</p> : <Note icon={IconEyeOff}>{words.notRecorded}</Note>
}

/** What the operator will see of what is asked for, and what policy demands of it, before he answers. */
export const RequestRecording = ({ services }: { readonly services: PanelRequest['services'] }) => {
  const words = useWords(recordingWords)
  const { language } = useLanguage()
  const titles = (those: (service: PanelRequest['services'][number]) => boolean): string =>
    formatList(
      language,
      services.filter(those).map(({ title }) => title),
    )
  const unseen = titles(({ recorded }) => recorded === false)
  const demanded = titles((service) => service.record_demanded)
  const pausing = titles((service) => service.pauses)
  return (
    <>
      {unseen === '' ? null : <Note icon={IconEyeOff}>{words.notSeen(unseen)}</Note>}
      {demanded === '' ? null : <Note icon={IconEye}>{words.demanded(demanded)}</Note>}
      {pausing === '' ? null : <Note icon={IconPlayerStop}>{words.pauses(pausing)}</Note>}
    </>
  )
}

/** The request at which the session stands still by itself. */
export const PausedAt = ({ at }: { readonly at: NonNullable<PanelSession['paused_at']> }) => {
  const words = useWords(recordingWords)
  return (
    <div className="paused-at" role="alert">
      <p className="portal-note">
        <IconAlertTriangle size={24} aria-hidden="true" />
        <span>{words.pausedAt(`${at.method} ${at.path}`, at.service)}</span>
      </p>
      <p className="quiet-text">{words.pausedAtText}</p>
    </div>
  )
}
