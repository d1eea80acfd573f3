import { ExactTime } from '../../look/exact-time.tsx'
import { formatRelative } from '../../words/format.ts'
import { useLanguage } from '../../words/language.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** When a machine was last heard of. While it is connected that is now: the gateway writes an instant only when a connection comes or goes. */
export const LastContact = ({ online, seenAt }: { readonly online: boolean; readonly seenAt: number | null }) => {
  const { never } = usePortalWords()
  const { language } = useLanguage()
  if (online) return formatRelative(language, 0, 0)
  return seenAt === null ? never : <ExactTime at={seenAt * 1000} />
}
