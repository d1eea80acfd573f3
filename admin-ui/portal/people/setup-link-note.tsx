import { ExactTime } from '../../look/exact-time.tsx'
import { formatExact } from '../../words/format.ts'
import { useLanguage } from '../../words/language.tsx'
import type { SetupLink } from '../api/create-api.ts'
import { ShownOnce } from '../parts/shown-once.tsx'
import { usePortalWords } from '../words/portal-words.ts'

export const SetupLinkNote = ({ name, link }: { readonly name: string; readonly link: SetupLink }) => {
  const words = usePortalWords().people
  const { language } = useLanguage()
  return (
    <ShownOnce title={words.setupTitle} text={words.setupText(name)} secret={link.setup_url} copyLabel={words.copyLink}>
      <p className="quiet">
        {words.setupUntil} <ExactTime at={link.setup_expires_at * 1000} text={formatExact(language, link.setup_expires_at * 1000)} />
      </p>
    </ShownOnce>
  )
}
