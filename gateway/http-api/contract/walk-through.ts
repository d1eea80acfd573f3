import { z } from 'zod'

/** GET /api/v1/demo: 404 outside the demo. What the walk-through page shows; needs no sign-in. */
export const demo = z.object({
  accounts: z.array(
    z.object({
      role: z.string(),
      name: z.string(),
      username: z.string(),
      password: z.string(),
      note: z.object({ de: z.string(), en: z.string() }),
    }),
  ),
  machines: z.array(z.object({ id: z.string(), name: z.string(), panel: z.string().describe('Pairs the browser that opens it') })),
})
export type Demo = z.infer<typeof demo>
