import { Button, Checkbox, Skeleton } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { placeToReturnTo } from '../parts/go.ts'
import { useMe } from '../parts/me-context.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { denialWords } from '../words/denial-words.ts'
import { usePortalWords } from '../words/portal-words.ts'

/** Read and accepted before the first access, and again when it changes. */
export const UndertakingPage = () => {
  const words = usePortalWords().undertaking
  const denial = useWords(denialWords)
  const api = useApi()
  const me = useMe()
  const { language } = useLanguage()
  const queries = useQueryClient()
  const [params] = useSearchParams()
  const [, navigate] = useLocation()
  const back = placeToReturnTo(params)
  const [read, setRead] = useState(false)
  const undertaking = useQuery({ queryKey: ['undertaking', me.undertaking.required_version], queryFn: () => api.undertaking() })
  const accept = useMutation({
    mutationFn: (version: string) => api.acceptUndertaking(version),
    onSuccess: async () => {
      await queries.invalidateQueries()
      if (back !== null) navigate(back, { replace: true })
    },
  })
  const { data } = undertaking
  const accepted = me.undertaking.accepted_version === me.undertaking.required_version
  return (
    <Page title={words.title}>
      <p className="lead">{words.text}</p>
      <ProblemNote error={undertaking.error} onRetry={() => void undertaking.refetch()} />
      {undertaking.isPending ? <Skeleton height={320} /> : null}
      {data === undefined ? null : (
        <div className="card reading">
          <div className="quiet">{words.version(data.version)}</div>
          <p className="plain-text">{data.text[language]}</p>
          {accepted ? (
            <p>
              <strong>{words.accepted}</strong> {back === null ? null : <Link href={back}>{denial.backTo}</Link>}
            </p>
          ) : (
            <div className="stack">
              <Checkbox size="lg" label={words.read} checked={read} onChange={(event) => setRead(event.currentTarget.checked)} />
              <ProblemNote error={accept.error} />
              <Button disabled={!read} loading={accept.isPending} onClick={() => accept.mutate(data.version)}>
                {words.sign}
              </Button>
            </div>
          )}
        </div>
      )}
    </Page>
  )
}
