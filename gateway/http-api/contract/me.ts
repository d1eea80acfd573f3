import { z } from 'zod'
import { instant, organisationId, personId, plainText } from './building-blocks.ts'

export const role = z.enum(['technician', 'security_team', 'service_administrator', 'auditor', 'customer_administrator'])

/** GET /api/v1/me: 401 with code `not_signed_in` when nobody is. */
export const me = z.object({
  id: personId,
  name: z.string(),
  username: z.string(),
  organisation: z.object({ id: organisationId, name: z.string() }),
  roles: z.array(role),
  photo_url: z.string().nullable(),
  undertaking: z.object({ required_version: z.string(), accepted_version: z.string().nullable() }),
  signed_in_until: instant,
  authentication: z
    .object({ methods: z.array(z.string()), time: instant })
    .describe('How and when this person proved who he is (RFC 8176): what the policy judges'),
  demo: z.boolean().describe('Whether this is the demo installation: pages show a ribbon and the walk-through'),
  csrf_token: z.string().describe('Send as header `sallyport-csrf` with every request that changes something'),
})
export type Me = z.infer<typeof me>

/** GET /api/v1/undertaking; accepted by POST /api/v1/me/undertaking {version}. */
export const undertaking = z.object({ version: z.string(), text: z.object({ de: z.string(), en: z.string() }) })
export type Undertaking = z.infer<typeof undertaking>
export const acceptUndertaking = z.strictObject({ version: plainText(32) })

/** POST /api/v1/sign-out: the address to go to next (the provider's end-session endpoint). */
export const signedOut = z.object({ redirect: z.string() })
