import { createContext, useContext } from 'react'
import type { Api } from './create-api.ts'

export const ApiContext = createContext<Api | null>(null)

export const useApi = (): Api => {
  const api = useContext(ApiContext)
  if (api === null) throw new Error('ApiContext is missing around this page')
  return api
}
