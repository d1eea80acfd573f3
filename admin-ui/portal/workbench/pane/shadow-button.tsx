import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PolicyCanary } from '../../../../gateway/http-api/contract/policy-activation.ts'
import type { PolicyTarget } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { usePolicyWords } from '../words/policy-words.ts'
import { PolicyProblem } from './policy-problem.tsx'

/** Lets a draft or revision answer every live decision as well, without changing one. */
export const ShadowButton = ({ target, canary }: { readonly target: PolicyTarget; readonly canary: PolicyCanary | null }) => {
  const words = usePolicyWords()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const runs = canary !== null && ('draft' in target ? canary.target.draft === target.draft : canary.target.revision === target.revision)
  const start = useMutation({
    mutationFn: () => api.startCanary(target),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['policy', 'status'] }),
  })
  return (
    <div>
      <PolicyProblem error={start.error} />
      {runs ? (
        <StateBadge look="approved" word={words.shadowRuns} />
      ) : (
        <Button variant="outline" loading={start.isPending} onClick={() => start.mutate()}>
          {words.shadowStart}
        </Button>
      )}
      <p className="quiet">{words.shadowText}</p>
    </div>
  )
}
