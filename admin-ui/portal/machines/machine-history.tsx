import { useApi } from '../api/api-context.tsx'
import { ListFrame } from '../parts/list-frame.tsx'
import { usePages } from '../parts/use-pages.ts'
import { useGatewayClockOf } from '../sessions/session-clock.ts'
import { SessionRow } from '../sessions/session-row.tsx'
import { usePortalWords } from '../words/portal-words.ts'

export const MachineHistory = ({ id }: { readonly id: string }) => {
  const words = usePortalWords().machine
  const api = useApi()
  const { query, items } = usePages('sessions', { machine: id, mine: 'true', limit: '20' }, (page) => api.sessions(page))
  const nowMs = useGatewayClockOf(items, query.dataUpdatedAt)
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.history}</h2>
      <ListFrame query={query} count={items.length} empty={<p>{words.historyEmpty}</p>}>
        <ul className="rows" aria-labelledby="history">
          {items.map((session) => (
            <SessionRow key={session.id} session={session} nowMs={nowMs} mayEnd={false} />
          ))}
        </ul>
      </ListFrame>
    </section>
  )
}
