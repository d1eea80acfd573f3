import { useQuery } from '@tanstack/react-query'
import type { PolicyReasons } from '../../../gateway/decisions/policy-reasons.ts'
import { useApi } from '../api/api-context.tsx'

const noTexts: Pick<PolicyReasons, 'denials'> = { denials: {} }
/** Another revision may have other texts; whoever changes it hears of it at once by the event stream. */
const goodForMs = 60_000

/** The texts of the revision that decides. Without them a page shows what the rule itself says. */
export const useReasons = (): Pick<PolicyReasons, 'denials'> => {
  const api = useApi()
  const texts = useQuery({ queryKey: ['policy', 'reasons'], queryFn: api.policyReasons, staleTime: goodForMs })
  return texts.data === undefined ? noTexts : { denials: texts.data.reasons }
}
