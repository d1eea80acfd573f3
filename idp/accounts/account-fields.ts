import { z } from 'zod'

/** Control characters, formatting (bidi) characters, line separators, lone surrogates, private use. */
const unsafeCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u
const safeText = z.string().refine((text) => !unsafeCharacters.test(text), 'must not hold control or text-direction characters')

export const usernameField = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}[A-Za-z0-9]$/,
    'must be 2 to 64 letters, digits, dots, dashes, underscores or @, and begin and end with a letter or digit',
  )

export const nameField = safeText
  .transform((name) => name.normalize('NFC').trim())
  .pipe(z.string().min(1, 'must not be empty').max(100, 'must be at most 100 characters'))

export const emailField = safeText.pipe(
  z
    .string()
    .max(254, 'must be at most 254 characters')
    .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address'),
)

export const localeField = z.enum(['de', 'en'])
export const statusField = z.enum(['active', 'disabled'])
export const subPattern = /^[0-9a-f]{32}$/
