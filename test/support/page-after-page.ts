import type { Work } from './technician-at-work.ts'

/** Somebody who asks for the machine's page again and again, whatever happens beside him. */
export interface PageAfterPage extends AsyncDisposable {
  /** How many pages he got so far. */
  readonly answered: () => number
  /** What he got in the place of a page. */
  readonly failures: string[]
}

export function pageAfterPage(work: Work, everyMs: number): PageAfterPage {
  const failures: string[] = []
  let answered = 0
  const ending = new AbortController()
  const working = (async () => {
    while (!ending.signal.aborted) {
      const status = await work.get('/').then(
        async (response) => (await response.text(), response.status),
        (error: unknown) => String(error),
      )
      if (status === 200) answered += 1
      else failures.push(`a page was answered with ${status}`)
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  })()
  return {
    answered: () => answered,
    failures,
    async [Symbol.asyncDispose]() {
      ending.abort()
      await working
    },
  }
}
