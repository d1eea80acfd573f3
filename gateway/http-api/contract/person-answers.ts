import { z } from 'zod'
import { level } from './administration.ts'
import { code, instant, organisationId, pageOf, personId, regionName } from './building-blocks.ts'
import { role } from './me.ts'

/** What is answered about people. */
const training = z.object({ product_line: code, level, valid_until: instant })
export const person = z.object({
  id: personId,
  username: z.string(),
  name: z.string(),
  organisation: z.object({ id: organisationId, name: z.string() }),
  status: z.enum(['active', 'disabled']),
  roles: z.array(role),
  regions: z.array(regionName),
  permissions: z.array(code),
  trainings: z.array(training),
  undertaking: z.object({ version: z.string(), accepted_at: instant }).nullable(),
  photo_url: z.string().nullable(),
  created_at: instant,
  version: z.number().int(),
})
export type Person = z.infer<typeof person>
export const personPage = pageOf(person)
export type PersonPage = z.infer<typeof personPage>

export const createdPerson = z.object({ person, setup_url: z.string(), setup_expires_at: instant })
/** POST /api/v1/people/{id}/setup-link; PUT|DELETE /api/v1/people/{id}/photo (image/jpeg, 64 KiB); GET /api/v1/people/{id}/photo */
export const setupLink = z.object({ setup_url: z.string(), setup_expires_at: instant })
