import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { usePortalWords } from '../../words/portal-words.ts'
import { NumberField } from '../form/number-field.tsx'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { usePolicyWords } from '../words/policy-words.ts'

/** What an activation has to keep. Looser limits wait for a second person. */
export const SettingsForm = ({ status: { settings } }: { readonly status: PolicyStatus }) => {
  const words = usePolicyWords()
  const { save } = usePortalWords()
  const me = useMe()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const editable = canEditPolicy(me)
  const [coverage, setCoverage] = useState(settings.coverage_percent)
  const [denied, setDenied] = useState(settings.denied_percent)
  const [comment, setComment] = useState('')
  const change = useMutation({
    mutationFn: () => api.changeSettings({ coverage_percent: coverage, denied_percent: denied, comment: comment.trim() }),
    onSuccess: async () => {
      setComment('')
      await queries.invalidateQueries({ queryKey: ['policy', 'status'] })
    },
  })
  const same = coverage === settings.coverage_percent && denied === settings.denied_percent
  return (
    <form
      className="reading stack"
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate()
      }}
    >
      <fieldset className="group" disabled={!editable}>
        <legend>{words.settingsTitle}</legend>
        <NumberField label={words.coverage} hint={words.coverageHint} value={coverage} least={0} most={100} onChange={setCoverage} />
        <NumberField label={words.denied} hint={words.deniedHint} value={denied} least={0} most={100} onChange={setDenied} />
        <div>
          <StateBadge look={settings.four_eyes ? 'good' : 'waiting'} word={settings.four_eyes ? words.fourEyesOn : words.fourEyesOff} />
          <p className="quiet">{words.fourEyesHint}</p>
        </div>
        {editable ? (
          <>
            <Textarea
              label={words.comment}
              description={words.commentHint}
              maxLength={500}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
            />
            <PolicyProblem error={change.error} />
            <Button type="submit" disabled={same || comment.trim().length < 3} loading={change.isPending}>
              {save}
            </Button>
          </>
        ) : null}
        <div role="status">
          {change.data === undefined ? null : (
            <StateBadge
              look={'waiting' in change.data ? 'waiting' : 'good'}
              word={'waiting' in change.data ? words.settingsWait : words.settingsSaved}
            />
          )}
        </div>
      </fieldset>
    </form>
  )
}
