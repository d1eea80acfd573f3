import { Link } from 'wouter'
import type { Me } from '../../../gateway/http-api/contract/me.ts'
import {
  answersGrants,
  canReadDecisions,
  canReadDevices,
  canReadPolicy,
  canReadRecords,
  isTechnician,
  seesAllSessions,
} from '../parts/roles.ts'
import { useWords } from '../../words/language.tsx'
import { useOpenGrants } from '../grants/use-open-grants.ts'
import { grantWords } from '../words/grant-words.ts'
import { usePortalWords } from '../words/portal-words.ts'

export const MainNav = ({ me, path }: { readonly me: Me; readonly path: string }) => {
  const { nav } = usePortalWords()
  const grants = useWords(grantWords)
  const open = useOpenGrants(me)
  const entries = [
    { href: '/machines', word: nav.machines, shown: isTechnician(me) },
    { href: '/sessions', word: nav.sessions, shown: isTechnician(me) || seesAllSessions(me) },
    { href: '/grants', word: open > 0 ? `${grants.title} (${open})` : grants.title, shown: isTechnician(me) || answersGrants(me) },
    { href: '/people', word: nav.people, shown: canReadRecords(me) },
    { href: '/devices', word: nav.devices, shown: canReadDevices(me) },
    { href: '/decisions', word: nav.decisions, shown: canReadDecisions(me) },
    { href: '/policy', word: nav.policy, shown: canReadPolicy(me) },
  ]
  return (
    <nav aria-label={nav.label} className="nav">
      {entries
        .filter(({ shown }) => shown)
        .map(({ href, word }) => (
          <Link key={href} href={href} aria-current={path === href || path.startsWith(`${href}/`) ? 'page' : undefined}>
            {word}
          </Link>
        ))}
    </nav>
  )
}
