import { createContext, useContext } from 'react'
import type { Me } from '../../../gateway/http-api/contract/me.ts'

export const MeContext = createContext<Me | null>(null)

/** Who is signed in; only for pages that are behind the sign-in. */
export const useMe = (): Me => {
  const me = useContext(MeContext)
  if (me === null) throw new Error('MeContext is missing around this page')
  return me
}
