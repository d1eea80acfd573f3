import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Analysis } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import type { Draft } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { isProblem } from '../../api/problem-error.ts'
import { usePolicyApi } from '../use-policy-api.ts'

const pauseMs = 400
const mostTries = 8
const waitMs = 1_500

/** Another tab of the same person asked for a newer text, and so ended this question; asked again, both wait for the same answer. */
export const asksAgain = (tries: number, error: unknown): boolean => isProblem(error, 'compiler_cancelled') && tries < mostTries

export interface AnalysisState {
  readonly analysis: Analysis | undefined
  readonly error: unknown
  /** What is shown is of an older text. */
  readonly stale: boolean
  readonly again: () => void
}

/** What the compiler, the checks and the tests say of the draft, asked after each pause in saving. */
export const useAnalysis = ({ id, version }: Draft): AnalysisState => {
  const api = usePolicyApi()
  const [settled] = useDebouncedValue(version, pauseMs)
  const query = useQuery({
    queryKey: ['analysis', id, settled],
    queryFn: () => api.analyse(id),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: asksAgain,
    retryDelay: waitMs,
  })
  return {
    analysis: query.data,
    error: query.error,
    stale: settled !== version || query.isFetching,
    again: () => void query.refetch(),
  }
}
