import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Machine } from '../../../gateway/http-api/contract/machines.ts'
import { useApi } from '../api/api-context.tsx'
import { problemOf } from '../api/problem-error.ts'
import { Facts } from '../parts/facts.tsx'
import { ContactBadge } from '../parts/contact-badge.tsx'
import { LastContact } from '../parts/last-contact.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { NotFoundPage } from '../start/not-found-page.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { HelpCard } from './help-card.tsx'
import { MachineHistory } from './machine-history.tsx'
import { ServiceCard } from './service-card.tsx'

/** What is it, what may I do, what stands against it. */
export const MachinePage = ({ id }: { readonly id: string }) => {
  const words = usePortalWords()
  const api = useApi()
  const machine = useQuery({ queryKey: ['machine', id], queryFn: () => api.machine(id) })
  const { data } = machine
  // A machine that this person may not see does not exist, not even in an error text.
  if (machine.error !== null && problemOf(machine.error).status === 404) return <NotFoundPage />
  return (
    <Page
      title={data?.name ?? id}
      above={
        <Link href="/machines" className="back">
          ← {words.machine.back}
        </Link>
      }
      actions={data === undefined ? null : <ContactBadge machine={data} size={26} />}
    >
      <ProblemNote error={machine.error} onRetry={() => void machine.refetch()} />
      {machine.isPending ? <Skeleton height={360} /> : null}
      {data === undefined ? null : (
        <>
          {data.help === null ? null : <HelpCard machine={data} call={data.help} />}
          <div className="two facts-left">
            <section aria-labelledby="services">
              <h2 id="services">{words.machine.services}</h2>
              {data.services.length === 0 ? <p>{words.machine.noServices}</p> : null}
              <ul className="rows">
                {data.services.map((service) => (
                  <ServiceCard key={service.name} machine={data} service={service} />
                ))}
              </ul>
            </section>
            <MachineFacts machine={data} />
          </div>
          <MachineHistory id={id} />
        </>
      )}
    </Page>
  )
}

const MachineFacts = ({ machine }: { readonly machine: Machine }) => {
  const words = usePortalWords()
  const { machine: names } = words
  return (
    <section aria-labelledby="facts" className="card">
      <h2 id="facts">{names.facts}</h2>
      <Facts
        items={{
          [names.customer]: machine.organisation,
          [names.site]: machine.site,
          [names.region]: machine.region,
          [names.country]: machine.country,
          [names.productLine]: machine.product_line,
          [names.model]: machine.model,
          [names.timeZone]: machine.time_zone,
          [names.agent]: machine.agent_version ?? '–',
          [names.lastContact]: <LastContact online={machine.online} seenAt={machine.last_seen_at} />,
          [names.id]: <span className="mono">{machine.id}</span>,
        }}
      />
    </section>
  )
}
