import { useQuery } from '@tanstack/react-query'
import type { GrantRequestAnswer, NewGrantRequest } from '../../../gateway/http-api/contract/grant-requests.ts'
import { useApi } from '../api/api-context.tsx'

/** Of the requests of whoever looks, the newest about this reason. */
export const useMyGrant = (about: NonNullable<NewGrantRequest['about']>): GrantRequestAnswer | undefined => {
  const api = useApi()
  const mine = useQuery({ queryKey: ['grants', 'mine'], queryFn: () => api.grantRequests({ mine: 'true', limit: '200' }) })
  return mine.data?.items.find(
    ({ machine, service, code }) => machine?.id === about.machine && service === about.service && code === about.code,
  )
}
