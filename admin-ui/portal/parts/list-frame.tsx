import { Button, Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { usePortalWords } from '../words/portal-words.ts'
import { ProblemNote } from './problem-note.tsx'

export interface ListFrameProps {
  readonly query: {
    readonly isPending: boolean
    readonly error: unknown
    readonly refetch: () => unknown
    readonly hasNextPage?: boolean
    readonly isFetchingNextPage?: boolean
    readonly fetchNextPage?: () => unknown
  }
  readonly count: number
  /** What to do when there is nothing. */
  readonly empty: ReactNode
  /** Only a part was searched for what fits: how far, and the word for going on. */
  readonly searched?: { readonly text: string; readonly goOn: string } | undefined
  readonly children: ReactNode
}

/** The four states of every list: loading in its final height, failed with a way to try again, empty with what to do, and filled. */
export const ListFrame = ({ query, count, empty, searched, children }: ListFrameProps) => {
  const words = usePortalWords()
  if (query.isPending) {
    return (
      <div className="loading" role="status">
        <span className="visually-hidden">{words.loading}</span>
        {[0, 1, 2, 3, 4].map((row) => (
          <Skeleton key={row} height={76} radius={6} />
        ))}
      </div>
    )
  }
  if (query.error !== null && count === 0) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
  if (count === 0 && searched === undefined) return <div className="card empty">{empty}</div>
  return (
    <>
      {query.error === null ? null : <ProblemNote error={query.error} onRetry={() => void query.refetch()} />}
      {children}
      <div className="row list-foot">
        {query.hasNextPage === true ? (
          <Button variant="outline" loading={query.isFetchingNextPage ?? false} onClick={() => void query.fetchNextPage?.()}>
            {searched?.goOn ?? words.showMore}
          </Button>
        ) : null}
        <span className="quiet" role="status">
          {searched?.text ?? words.shown(count, query.hasNextPage === true)}
        </span>
      </div>
    </>
  )
}
