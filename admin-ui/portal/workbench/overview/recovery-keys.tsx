import { Button, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { useWords } from '../../../words/language.tsx'
import { CopyText } from '../../parts/copy-text.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { canAdminister } from '../../parts/roles.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { recoveryWords } from '../words/recovery-words.ts'

/** Whether two administrators could bring a policy back, whose keys are there, and how it goes. */
export const RecoveryKeys = () => {
  const words = useWords(recoveryWords)
  const api = usePolicyApi()
  const me = useMe()
  const keys = useQuery({ queryKey: ['policy', 'recovery-keys'], queryFn: () => api.recoveryKeys() })
  const items = keys.data?.items ?? []
  return (
    <section className="reading stack" aria-label={words.title}>
      <p>{words.text}</p>
      <h2>{words.keys}</h2>
      {keys.data === undefined ? null : (
        <StateBadge
          look={items.length > 1 ? 'good' : 'bad'}
          word={items.length > 1 ? words.enough(items.length) : items.length === 1 ? words.tooFew : words.none}
        />
      )}
      <ProblemNote error={keys.error} onRetry={() => void keys.refetch()} />
      {items.length === 0 ? null : (
        <ul className="rows" aria-label={words.keys}>
          {items.map(({ person, fingerprint, registered_ms }) => (
            <li key={fingerprint} className="card">
              <strong>{person.name}</strong> {person.id === me.id ? <span className="quiet">({words.mine})</span> : null}
              <div className="quiet">
                <ExactTime at={registered_ms} />
              </div>
              <div className="mono breaks">{fingerprint}</div>
            </li>
          ))}
        </ul>
      )}
      {canAdminister(me) ? (
        <OwnKey replaces={items.some(({ person }) => person.id === me.id)} />
      ) : (
        <p className="quiet">{words.onlyAdministrators}</p>
      )}
      <h2>{words.howTitle}</h2>
      <ol className="stack">
        {words.how.map(({ text, command }) => (
          <li key={text}>
            {text}
            {command === null ? null : <CommandLine text={command} />}
          </li>
        ))}
      </ol>
    </section>
  )
}

const CommandLine = ({ text }: { readonly text: string }) => {
  const words = useWords(recoveryWords)
  return (
    <div className="row">
      <code className="mono breaks">{text}</code> <CopyText text={text} label={words.copy} />
    </div>
  )
}

const OwnKey = ({ replaces }: { readonly replaces: boolean }) => {
  const words = useWords(recoveryWords)
  const api = usePolicyApi()
  const queries = useQueryClient()
  const [pem, setPem] = useState('')
  const register = useMutation({
    // What a terminal puts around it is nothing of the key.
    mutationFn: () => api.registerRecoveryKey(`${pem.replaceAll('\r', '').trim()}\n`),
    onSuccess: async () => {
      setPem('')
      await queries.invalidateQueries({ queryKey: ['policy', 'recovery-keys'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    register.mutate()
  }
  return (
    <form className="stack" noValidate onSubmit={submit}>
      <h2>{words.makeTitle}</h2>
      <p>{words.makeText}</p>
      <CommandLine text="sallyport recovery-key create --out my-key.pem" />
      {replaces ? <p>{words.replaceText}</p> : null}
      <Textarea
        label={words.publicKey}
        description={words.publicKeyHint}
        autosize
        minRows={3}
        maxLength={400}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={pem}
        onChange={(event) => setPem(event.currentTarget.value)}
      />
      <ProblemNote error={register.error} />
      <div>
        <Button type="submit" disabled={pem.trim() === ''} loading={register.isPending}>
          {replaces ? words.replace : words.register}
        </Button>
      </div>
      <div role="status">{register.isSuccess ? <StateBadge look="good" word={words.done} /> : null}</div>
    </form>
  )
}
