import type { NewSession } from '../../../gateway/http-api/contract/new-session.ts'
import { RequestFacts } from '../../look/request-facts.tsx'
import { formatDuration, formatList } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { sharedWords } from '../../words/shared-words.ts'
import { useMe } from '../parts/me-context.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** The operator's screen as it will look: drawn by the same part as the panel itself. */
export const PanelPreview = ({ values, services }: { readonly values: NewSession; readonly services: readonly string[] }) => {
  const words = usePortalWords().ask
  const shared = useWords(sharedWords)
  const { language } = useLanguage()
  const me = useMe()
  return (
    <section aria-labelledby="preview" className="preview">
      <h2 id="preview">{words.preview}</h2>
      <div className="card preview-screen">
        <RequestFacts
          name={me.name}
          organisation={me.organisation.name}
          photo={me.photo_url}
          purpose={values.purpose.trim() === '' ? words.previewPurpose : values.purpose}
          ticket={values.ticket ?? null}
          extend={false}
          photoSize={96}
          heading="h3"
        >
          <dt>{shared.request.services}</dt>
          <dd>{formatList(language, services)}</dd>
          <dt>{shared.request.duration}</dt>
          <dd>{formatDuration(values.duration_s)}</dd>
        </RequestFacts>
      </div>
      <p className="quiet">{words.previewText}</p>
    </section>
  )
}
