import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { DenialExplanation } from '../../../gateway/decisions/explain-denial.ts'
import type { NewGrantRequest } from '../../../gateway/http-api/contract/grant-requests.ts'
import { StateBadge } from '../../look/state-badge.tsx'
import { useWords } from '../../words/language.tsx'
import { grantWords } from '../words/grant-words.ts'
import { AskDialog } from './ask-dialog.tsx'
import { useMyGrant } from './use-my-grants.ts'

interface AskForItProps {
  readonly about: NonNullable<NewGrantRequest['about']>
  readonly explained: Pick<DenialExplanation, 'grantedBy' | 'reason'>
}

/** Beside a reason: what leads to whoever can remove it. Nothing where only waiting or somebody at the machine helps. */
export const AskForIt = ({ about, explained }: AskForItProps) => {
  const words = useWords(grantWords)
  const { grantedBy } = explained
  if (grantedBy !== 'service_administrator' && grantedBy !== 'security_team' && grantedBy !== 'customer') return null
  const text = grantedBy === 'customer' ? words.askCustomer : words.askText(words.roles[grantedBy] ?? grantedBy)
  return <AskOrWait about={about} text={`${explained.reason} ${text}`} />
}

const AskOrWait = ({ about, text }: { readonly about: AskForItProps['about']; readonly text: string }) => {
  const words = useWords(grantWords)
  const mine = useMyGrant(about)
  const [asking, setAsking] = useState(false)
  if (mine?.state === 'open')
    return (
      <Link href="/grants" className="row-link ask-for-it">
        <StateBadge look="waiting" word={words.asked} />
      </Link>
    )
  return (
    <span className="ask-for-it">
      {mine?.state === 'declined' ? (
        <span className="quiet">
          {words.declinedBy(mine.answered_by ?? '')} {mine.answer}
        </span>
      ) : null}
      <Button variant="outline" onClick={() => setAsking(true)}>
        {words.askForIt}
      </Button>
      <AskDialog about={about} title={words.askTitle} text={text} opened={asking} onClose={() => setAsking(false)} />
    </span>
  )
}
