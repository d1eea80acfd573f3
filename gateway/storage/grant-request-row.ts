import type { Generated } from 'kysely'

export interface GrantRequestRow {
  position: Generated<number>
  id: string
  organisation_id: string
  person_id: string
  device_id: string | null
  service: string | null
  code: string | null
  note: string
  answered_by_role: string
  answered_by_organisation: string | null
  state: string
  asked_at: number
  answered_at: number | null
  answered_by: string | null
  answer: string | null
}
