import { config } from 'zod'

/** Zod tries `new Function` when its first schema is made. Our content security policy forbids it, so each page load would report a violation. */
config({ jitless: true })
