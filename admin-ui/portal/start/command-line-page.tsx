import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useApi } from '../api/api-context.tsx'
import { useMe } from '../parts/me-context.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useCommandLineWords } from '../words/command-line-words.ts'

interface Asked {
  readonly port: number
  readonly state: string
  readonly challenge: string
}

/** `sallyport login` brought the browser here; the code goes back to a port of this computer and nowhere else. */
export const CommandLinePage = () => {
  const words = useCommandLineWords()
  const api = useApi()
  const { name } = useMe()
  const asked = readAsked(new URLSearchParams(location.search))
  const allow = useMutation({
    mutationFn: ({ challenge }: Asked) => api.allowCommandLine(challenge),
    onSuccess: ({ code }, { port, state }) => goBack(port, { code, state }),
  })
  return (
    <Page title={words.title}>
      {asked === null ? (
        <p className="lead">{words.invalid}</p>
      ) : (
        <div className="card reading stack">
          <p className="lead">{words.lead(name)}</p>
          <p>
            <strong>{words.only}</strong>
          </p>
          <p>{words.until}</p>
          <ProblemNote error={allow.error} />
          <div className="row">
            <Button loading={allow.isPending || allow.isSuccess} onClick={() => allow.mutate(asked)}>
              {words.allow}
            </Button>
            <Button variant="default" onClick={() => goBack(asked.port, { error: 'access_denied', state: asked.state })}>
              {words.refuse}
            </Button>
          </div>
        </div>
      )}
    </Page>
  )
}

function readAsked(query: URLSearchParams): Asked | null {
  const port = query.get('port') ?? ''
  const state = query.get('state') ?? ''
  const challenge = query.get('code_challenge') ?? ''
  const good = /^\d{1,5}$/u.test(port) && Number(port) <= 65_535 && /^[\w-]{16,64}$/u.test(state) && /^[\w-]{43}$/u.test(challenge)
  return good ? { port: Number(port), state, challenge } : null
}

const goBack = (port: number, answer: Readonly<Record<string, string>>): void =>
  location.assign(`http://127.0.0.1:${port}/callback?${new URLSearchParams(answer).toString()}`)
