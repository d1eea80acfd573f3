import { useEffect } from 'react'

/** Of this tab, by person and machine: nobody else who signs in here gets it. */
const keyOf = (person: string, machine: string): string => `sallyport request ${person} ${machine}`

/** What was written before leaving to sign in again or to sign the undertaking. Null: nothing, or what an older page wrote. */
export function keptRequest<Values extends object>(person: string, machine: string, like: Values): Values | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(person, machine)) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return null
    const same = Object.entries(like).every(([name, value]) => {
      const other: unknown = Reflect.get(kept, name)
      return typeof other === typeof value && Array.isArray(other) === Array.isArray(value)
    })
    return same ? (kept as Values) : null
  } catch {
    return null
  }
}

export const forgetRequest = (person: string, machine: string): void => sessionStorage.removeItem(keyOf(person, machine))

/** Kept from a refusal on, until it was sent ({@link forgetRequest}) or the tab is closed. */
export function useKeptRequest(person: string, machine: string, { values, refused }: { values: object; refused: boolean }): void {
  useEffect(() => {
    if (refused) sessionStorage.setItem(keyOf(person, machine), JSON.stringify(values))
  }, [person, machine, values, refused])
}
