import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { StateBadge } from '../../look/state-badge.tsx'
import { formatDuration } from '../../words/format.ts'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'

const choices = [15, 30, 60, 120].map((minutes) => minutes * 60)

/** More time: the operator has to allow it again. */
export const ExtendSession = ({ session }: { readonly session: Session }) => {
  const words = usePortalWords().session
  const api = useApi()
  const queries = useQueryClient()
  const [seconds, setSeconds] = useState(String(choices[1]))
  const extend = useMutation({
    mutationFn: () => api.extend(session.id, Number(seconds)),
    onSuccess: (next) => queries.setQueryData(['session', session.id], next),
  })
  if (session.extension !== null) {
    return (
      <div role="status">
        <StateBadge look="waiting" word={words.extending(formatDuration(session.extension.duration_s))} />
      </div>
    )
  }
  return (
    <div>
      <div className="row bottom">
        <NativeSelect
          label={words.moreTime}
          value={seconds}
          data={choices.map((choice) => ({ value: String(choice), label: formatDuration(choice) }))}
          onChange={(event) => setSeconds(event.currentTarget.value)}
        />
        <Button variant="outline" loading={extend.isPending} onClick={() => extend.mutate()}>
          {words.extend}
        </Button>
      </div>
      <div className="quiet">{words.extendHint}</div>
      <ProblemNote error={extend.error} />
    </div>
  )
}
