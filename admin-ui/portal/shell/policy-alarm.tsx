import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Me } from '../../../gateway/http-api/contract/me.ts'
import { useWords, type Dictionary } from '../../words/language.tsx'
import { readHealth } from '../api/read-health.ts'
import { canReadPolicy } from '../parts/roles.ts'

interface AlarmWords {
  readonly closed: string
  readonly closedFor: string
  readonly degraded: string
  readonly look: string
}

const alarmWords: Dictionary<AlarmWords> = {
  en: {
    closed: 'No access rules are left that can be trusted: everything is denied.',
    closedFor: 'Nothing is wrong with your rights. Tell the administrators of this installation.',
    degraded: 'Something is wrong with the stored access rules. The last good ones decide.',
    look: 'Look at the alarm',
  },
  de: {
    closed: 'Es gibt keine Zugriffsregeln mehr, denen zu trauen ist: Alles ist verboten.',
    closedFor: 'Mit Ihren Rechten ist alles in Ordnung. Verständigen Sie die Verwalter dieser Installation.',
    degraded: 'Mit den gespeicherten Zugriffsregeln stimmt etwas nicht. Die letzten guten entscheiden.',
    look: 'Alarm ansehen',
  },
}

const everyMs = 60_000

/** Around every page: whoever is denied everything reads why, and whoever reads the policy sees that somebody has to look. */
export const PolicyAlarm = ({ me, path }: { readonly me: Me; readonly path: string }) => {
  const words = useWords(alarmWords)
  const { data } = useQuery({ queryKey: ['policy', 'health'], queryFn: readHealth, refetchInterval: everyMs })
  // The page of the policy says it itself, and more.
  if (data === undefined || data.status === 'ok' || path === '/policy') return null
  const reads = canReadPolicy(me)
  if (data.status === 'degraded' && !reads) return null
  return (
    <div className="policy-alarm">
      <IconAlertTriangle size={24} aria-hidden="true" />
      <span>{data.status === 'closed' ? words.closed : words.degraded}</span>{' '}
      {reads ? <Link href="/policy">{words.look}</Link> : <span>{words.closedFor}</span>}
    </div>
  )
}
