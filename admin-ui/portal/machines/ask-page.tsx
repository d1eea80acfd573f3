import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useApi } from '../api/api-context.tsx'
import { problemOf } from '../api/problem-error.ts'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { NotFoundPage } from '../start/not-found-page.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { AskForm } from './ask-form.tsx'

/** Who will see what I write: the form, and beside it the operator's screen as it will look. */
export const AskPage = ({ id }: { readonly id: string }) => {
  const words = usePortalWords()
  const api = useApi()
  const machine = useQuery({ queryKey: ['machine', id], queryFn: () => api.machine(id) })
  if (machine.error !== null && problemOf(machine.error).status === 404) return <NotFoundPage />
  return (
    <Page
      title={words.ask.title(machine.data?.name ?? id)}
      above={
        <Link href={`/machines/${encodeURIComponent(id)}`} className="back">
          ← {machine.data?.name ?? id}
        </Link>
      }
    >
      <ProblemNote error={machine.error} onRetry={() => void machine.refetch()} />
      {machine.isPending ? <Skeleton height={480} /> : null}
      {machine.data === undefined ? null : <AskForm machine={machine.data} />}
    </Page>
  )
}
