import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../api/api-context.tsx'

/** Withdraws a request or ends a session; never asks back. */
export const useEndSession = (id: string) => {
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => api.end(id),
    onSuccess: (session) => {
      queries.setQueryData(['session', id], session)
      void queries.invalidateQueries({ queryKey: ['history', id] })
    },
  })
}
