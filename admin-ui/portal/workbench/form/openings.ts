import type { Json } from './edit-document.ts'

export interface OpeningValue {
  readonly from: string
  readonly to: string
}

export const usualOpening: OpeningValue = { from: '07:00', to: '17:00' }

/** The openings of one day in a data file; what has another shape is left to the text. */
export const readOpenings = (value: Json | undefined): readonly OpeningValue[] =>
  Array.isArray(value)
    ? (value as readonly Json[]).flatMap((opening): readonly OpeningValue[] => {
        if (typeof opening !== 'object' || opening === null || Array.isArray(opening)) return []
        const { from, to } = opening as { readonly from?: Json; readonly to?: Json }
        return typeof from === 'string' && typeof to === 'string' ? [{ from, to }] : []
      })
    : []

/** After the last one of the day, as far as there is room. */
export function nextOpening(openings: readonly OpeningValue[]): OpeningValue {
  const last = openings.at(-1)
  if (last === undefined) return usualOpening
  return last.to < '23:00' ? { from: last.to, to: '23:00' } : { from: '00:00', to: '01:00' }
}

const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** `2026-12-24`: a date that there is. */
export function isDate(text: string): boolean {
  const [, month = '', day = ''] = /^20\d\d-(\d\d)-(\d\d)$/u.exec(text) ?? []
  return Number(day) >= 1 && Number(day) <= (lengths[Number(month) - 1] ?? 0)
}
