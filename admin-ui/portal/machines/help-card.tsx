import { Button } from '@mantine/core'
import { IconPhoneCall } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { HelpCall, MachineSummary } from '../../../gateway/http-api/contract/machines.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { formatClock, formatList } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { helpWords } from '../words/help-words.ts'

export interface HelpCardProps {
  readonly machine: MachineSummary
  readonly call: HelpCall
  /** In a list of several machines. */
  readonly named?: boolean
}

/** Somebody at a machine needs a technician: who, what, since when, and the way to take it. */
export const HelpCard = ({ machine, call, named = false }: HelpCardProps) => {
  const words = useWords(helpWords)
  const { language } = useLanguage()
  const calledAt = call.called_at * 1000
  const titles = call.services.map(({ title }) => title)
  return (
    <section className="card help-card" aria-label={`${words.title}: ${machine.name}`}>
      <IconPhoneCall size={36} aria-hidden="true" />
      <div>
        {named ? (
          <Link href={`/machines/${encodeURIComponent(machine.id)}`} className="row-title">
            {machine.name}
          </Link>
        ) : null}
        <p className="help-what">{call.what}</p>
        <p className="quiet">
          {words.calledBy(call.by)}, {words.since} <ExactTime at={calledAt} text={formatClock(language, calledAt)} />.{' '}
          {words.forServices(formatList(language, titles))}
          {call.ticket === null ? null : `. ${words.ticket(call.ticket)}`}
        </p>
        <p>{call.lets_in_until === null ? words.pressed : words.letsIn(formatClock(language, call.lets_in_until * 1000))}</p>
      </div>
      <HelpAct machine={machine} call={call} />
    </section>
  )
}

const HelpAct = ({ machine, call }: Pick<HelpCardProps, 'machine' | 'call'>) => {
  const words = useWords(helpWords)
  if (machine.session?.mine === true) {
    return (
      <Button component={Link} href={`/sessions/${machine.session.id}`} variant="outline">
        {words.toSession}
      </Button>
    )
  }
  if (machine.session !== null) return <p>{words.taken}</p>
  if (!machine.online) return <p>{words.offline}</p>
  return (
    <Button component={Link} href={`/machines/${encodeURIComponent(machine.id)}/ask?help=${call.id}`}>
      {words.take}
    </Button>
  )
}
