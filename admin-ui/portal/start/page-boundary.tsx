import { Button } from '@mantine/core'
import { Component } from 'react'
import type { ReactNode } from 'react'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'

const FailedPage = ({ error }: { readonly error: unknown }) => {
  const { pageFailed } = usePortalWords()
  return (
    <div className="column">
      <h1>{pageFailed.title}</h1>
      <ProblemNote error={error} />
      <Button onClick={() => location.reload()}>{pageFailed.reload}</Button>
    </div>
  )
}

interface State {
  readonly error: unknown
  readonly page: string
}

/** A fault in one page leaves the rest standing; another page begins anew. */
export class PageBoundary extends Component<{ readonly page: string; readonly children: ReactNode }, State> {
  override state: State = { error: null, page: this.props.page }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error }
  }

  static getDerivedStateFromProps(props: { readonly page: string }, state: State): State {
    return props.page === state.page ? state : { error: null, page: props.page }
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <FailedPage error={this.state.error} />
  }
}
