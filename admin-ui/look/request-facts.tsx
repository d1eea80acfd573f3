import type { ReactNode } from 'react'
import { sharedWords } from '../words/shared-words.ts'
import { useWords } from '../words/language.tsx'
import { PersonPhoto } from './person-photo.tsx'

export interface RequestFactsProps {
  readonly name: string
  readonly organisation: string
  readonly photo: string | null
  readonly purpose: string
  readonly ticket: string | null
  readonly extend: boolean
  readonly photoSize: number
  readonly heading: 'h1' | 'h3'
  /** What matters most beside the name. */
  readonly note?: string | null
  /** The title, where it is drawn in its own way. */
  readonly title?: ReactNode
  readonly children?: ReactNode
}

/** Who asks and why: exactly what the operator reads. The technician's form shows the same beside it. */
export const RequestFacts = ({
  name,
  organisation,
  photo,
  purpose,
  ticket,
  extend,
  photoSize,
  heading: Heading,
  note = null,
  title,
  children,
}: RequestFactsProps) => {
  const words = useWords(sharedWords).request
  return (
    <div className="request-facts">
      <div className="request-person">
        <PersonPhoto name={name} photo={photo} size={photoSize} alt={name} />
        <div>
          <Heading className="request-title">{title ?? (extend ? words.wantsMore(name) : words.wantsIn(name))}</Heading>
          <div className="request-organisation">{words.from(organisation)}</div>
          {note === null ? null : <div className="request-note">{note}</div>}
        </div>
      </div>
      <dl>
        <dt>{words.reason}</dt>
        <dd className="request-reason">{purpose}</dd>
        <dt>{words.ticket}</dt>
        <dd>{ticket ?? words.noTicket}</dd>
        {children}
      </dl>
    </div>
  )
}
