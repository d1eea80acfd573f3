import { Link } from 'wouter'
import type { MachineSummary } from '../../../gateway/http-api/contract/machines.ts'
import { StateBadge } from '../../look/state-badge.tsx'
import { useWords } from '../../words/language.tsx'
import { ContactBadge } from '../parts/contact-badge.tsx'
import { LastContact } from '../parts/last-contact.tsx'
import { helpWords } from '../words/help-words.ts'
import { usePortalWords } from '../words/portal-words.ts'

const SessionNote = ({ session }: { readonly session: MachineSummary['session'] }) => {
  const words = usePortalWords().machines
  if (session === null) return null
  if (!session.mine) return <StateBadge look="waiting" word={words.busy} />
  return (
    <Link href={`/sessions/${session.id}`} className="row-link">
      <StateBadge look={session.state === 'open' ? 'live' : session.state === 'approved' ? 'approved' : 'waiting'} word={words.mine} />
    </Link>
  )
}

export const MachineRow = ({ machine }: { readonly machine: MachineSummary }) => {
  const words = usePortalWords()
  const help = useWords(helpWords)
  return (
    <li className="card row-machine">
      <div>
        <Link href={`/machines/${encodeURIComponent(machine.id)}`} className="row-title">
          {machine.name}
        </Link>
        <div className="quiet">
          {machine.organisation}, {machine.site}
        </div>
      </div>
      <div className="quiet">
        <div>
          {machine.product_line} · {machine.model}
        </div>
        <div>
          {machine.region} · {machine.country}
        </div>
      </div>
      <div>
        <ContactBadge machine={machine} />
        <div className="quiet">
          {words.machines.lastContact}: <LastContact online={machine.online} seenAt={machine.last_seen_at} />
        </div>
      </div>
      <div>
        <SessionNote session={machine.session} />
        {machine.help === null ? null : <StateBadge look="waiting" word={help.calls} />}
      </div>
    </li>
  )
}
