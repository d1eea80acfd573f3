import type { z } from 'zod'
import { CodedError } from '../../gateway/basics/coded-error.ts'

/** Checked input. @throws input_invalid with every problem and its path. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const problems = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new CodedError({ code: 'input_invalid', message: 'The input has problems; each is named with its path.', remedy: 'fix', problems })
}
