import type { UpdateSettings } from './agent-settings.ts'
import type { FieldReader } from './field-reader.ts'

/** `updates`: by default the operator is asked, and a new version has a minute. */
export function readUpdates(fields: FieldReader | null): UpdateSettings {
  if (fields === null) return { consent: 'ask', withinS: 60 }
  const updates: UpdateSettings = {
    consent: fields.choice('consent', ['ask', 'standing'], 'ask'),
    withinS: fields.integer('withinS', { min: 10, max: 600, otherwise: 60 }),
  }
  fields.noOthers()
  return updates
}
