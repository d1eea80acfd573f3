import { useMemo } from 'react'
import { useApi } from '../api/api-context.tsx'
import { createPolicyApi } from './policy-api.ts'
import type { PolicyApi } from './policy-api.ts'

export const usePolicyApi = (): PolicyApi => {
  const { call } = useApi()
  return useMemo(() => createPolicyApi(call), [call])
}
