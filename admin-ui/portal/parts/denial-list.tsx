import { IconBan } from '@tabler/icons-react'
import type { PolicyReasons } from '../../../gateway/decisions/policy-reasons.ts'
import { explainDenial } from '../../../gateway/decisions/explain-denial.ts'
import { formatMomentAt } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { AskForIt } from '../grants/ask-for-it.tsx'
import { OwnAct } from '../grants/own-act.tsx'
import { denialWords } from '../words/denial-words.ts'
import type { Denial } from './denial.ts'
import { useReasons } from './use-reasons.ts'

export interface DenialListProps {
  readonly denials: readonly Denial[]
  /** Whoever looks is the one who is denied: what he can do about it himself has its button. */
  readonly own?: boolean
  /** Of the machine, where it is known: "from 08:00" means the clock there. */
  readonly timeZone?: string | undefined
  /** The service that is denied: then what somebody else can grant is asked for beside its reason. */
  readonly about?: { readonly machine: string; readonly service: string } | undefined
  /** Of the revision that said so, where it is another one than decides now. */
  readonly texts?: Pick<PolicyReasons, 'denials'>
}

/** Every reason against it, each with what would remove it and who can. */
export const DenialList = ({ denials, own = false, timeZone, about, texts }: DenialListProps) => {
  const { language } = useLanguage()
  const words = useWords(denialWords)
  const active = useReasons()
  const reasons = texts ?? active
  return (
    <ul className="denials">
      {denials.map((denial) => {
        const explained = explainDenial(denial, { reasons, language })
        const { reason, remedy, grantedBy, act } = explained
        const who = grantedBy === null ? null : own && grantedBy === 'self' ? words.yourself : words.grants[grantedBy]
        return (
          <li key={`${denial.code} ${denial.message}`}>
            <IconBan size={20} aria-hidden="true" />
            <div>
              <strong>{reason}</strong> {remedy}
              {denial.until === undefined ? null : ` ${words.from(formatMomentAt(language, denial.until * 1000, timeZone))}`}
              {who === null ? null : <div className="quiet">{who}</div>}
              {own && act !== null && act !== undefined ? <OwnAct act={act} /> : null}
              {own && about !== undefined ? <AskForIt about={{ ...about, code: denial.code }} explained={explained} /> : null}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
