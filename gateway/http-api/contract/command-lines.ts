import { z } from 'zod'
import { instant, personId } from './building-blocks.ts'

/** base64url of 32 to 72 random bytes (RFC 7636, section 4.1), or of a SHA-256. */
const base64url = (min: number, max: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${min},${max}}$`), `${min} to ${max} characters of base64url`)

/** POST /api/v1/command-lines: from the portal, by a browser that is signed in. */
export const allowCommandLine = z.strictObject({ code_challenge: base64url(43, 43).describe('S256 (RFC 7636)') })
export const commandLineAllowed = z.object({ code: z.string().describe('Works once, within a minute, with the verifier of the challenge') })

/** POST /api/v1/command-lines/token: by the command line itself. */
export const redeemCommandLine = z.strictObject({ code: base64url(43, 43), code_verifier: base64url(43, 96) })
export const commandLineToken = z.object({
  token: z.string().describe('Send it as `Authorization: Bearer`'),
  expires_at: instant,
  person: z.object({ id: personId, name: z.string() }),
})
export type CommandLineToken = z.infer<typeof commandLineToken>
