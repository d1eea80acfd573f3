import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { helpWords } from '../words/help-words.ts'
import { HelpCard } from './help-card.tsx'

/** Who waits for a technician, longest first; nothing at all while nobody does. */
export const HelpCalls = () => {
  const words = useWords(helpWords)
  const api = useApi()
  const { data } = useQuery({ queryKey: ['machines', 'calling'], queryFn: () => api.machines({ calling: 'true' }) })
  const calling = data?.items ?? []
  return (
    <div aria-live="polite">
      {calling.length === 0 ? null : (
        <section className="help-calls" aria-labelledby="help-calls">
          <h2 id="help-calls">{words.title}</h2>
          {calling.map((machine) =>
            machine.help === null ? null : <HelpCard key={machine.id} machine={machine} call={machine.help} named />,
          )}
        </section>
      )}
    </div>
  )
}
