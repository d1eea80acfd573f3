import { useQuery } from '@tanstack/react-query'
import type { PolicyStatus } from '../../../gateway/http-api/contract/policy-activation.ts'
import { usePolicyApi } from './use-policy-api.ts'

export const usePolicyStatus = () => {
  const api = usePolicyApi()
  return useQuery({ queryKey: ['policy', 'status'], queryFn: () => api.status() })
}

/** A revision never changes, so its files are read once. */
export const useRevisionFiles = (digest: string | null) => {
  const api = usePolicyApi()
  return useQuery({
    queryKey: ['revision-files', digest],
    queryFn: () => api.revisionFiles(digest ?? ''),
    enabled: digest !== null,
    staleTime: Infinity,
  })
}

export interface ActiveFiles {
  readonly status: PolicyStatus | undefined
  readonly revision: string | null
  /** Path → text of what decides now; undefined while it is read. */
  readonly files: Readonly<Record<string, string>> | undefined
  /** Path → digest of the same text. */
  readonly digests: Readonly<Record<string, string>> | undefined
}

/** What decides now, to compare with. */
export const useActiveFiles = (): ActiveFiles => {
  const { data: status } = usePolicyStatus()
  const revision = status?.active?.revision ?? null
  const { data } = useRevisionFiles(revision)
  return { status, revision, files: data?.files, digests: data?.digests }
}
