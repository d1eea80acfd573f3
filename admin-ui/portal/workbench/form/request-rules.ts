import type { Json } from './edit-document.ts'

export interface RequestRuleValue {
  readonly effect: 'deny'
  readonly methods: readonly string[]
  readonly path: string
}

/** The request rules of a data file; what has another shape is left to the text. */
export const readRequestRules = (value: Json | undefined): readonly RequestRuleValue[] =>
  Array.isArray(value)
    ? (value as readonly Json[]).flatMap((rule): readonly RequestRuleValue[] => {
        if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return []
        const { methods, path } = rule as { readonly methods?: Json; readonly path?: Json }
        return Array.isArray(methods) && typeof path === 'string' ? [{ effect: 'deny', methods: methods.map(String), path }] : []
      })
    : []
