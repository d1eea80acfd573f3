import { useQuery } from '@tanstack/react-query'
import type { Me } from '../../../gateway/http-api/contract/me.ts'
import { useApi } from '../api/api-context.tsx'
import { answersGrants } from '../parts/roles.ts'

/** How many requests wait on the list of whoever looks. */
export const useOpenGrants = (me: Me): number => {
  const api = useApi()
  const query = useQuery({
    queryKey: ['grants', 'open'],
    queryFn: () => api.grantRequests({ open: 'true', limit: '1' }),
    enabled: answersGrants(me),
  })
  return query.data?.open ?? 0
}
