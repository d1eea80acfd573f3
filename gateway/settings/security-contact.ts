import { z } from 'zod'

const address = (protocols: readonly string[]) =>
  z
    .string()
    .max(500)
    .refine(
      (text) => /^[!-~]+$/.test(text) && protocols.includes(URL.parse(text)?.protocol ?? ''),
      `must be an address: ${protocols.join(', ')}`,
    )

/** What `/.well-known/security.txt` says (RFC 9116): whom to tell of a vulnerability of this installation. */
export const securityContactSchema = z.strictObject({
  /** `mailto:`, `https:` or `tel:`, the best one first. */
  contacts: z
    .array(address(['mailto:', 'https:', 'tel:']))
    .min(1)
    .max(10),
  /** Until when it holds, as `2027-11-30T00:00:00Z`; less than a year ahead is recommended. Nothing is served from then on. */
  expires: z.iso.datetime(),
  /** The page that says what happens then. */
  policy: address(['https:']).nullable().default(null),
})
