import { z } from 'zod'

/** GET /language: what an editor needs to know of the contract. */
const typed = z.object({ name: z.string(), type: z.string().describe('As people read it: "array[string]"'), text: z.string() })
export const builtin = z.object({
  name: z.string(),
  infix: z.string().nullable().describe('How it is written between its arguments: "&"'),
  args: z.array(typed),
  result: typed,
  text: z.string().describe('From the description that the compiler carries (Open Policy Agent, Apache-2.0)'),
})
export const language = z.object({
  builtins: z.array(builtin),
  keywords: z.array(z.string()),
  input_schema: z.unknown().describe('JSON Schema of `input`'),
  output_schema: z.unknown().describe('JSON Schema of the decision'),
  data_schema: z.unknown().describe('JSON Schema of `data`: the files of data/ together'),
  data_files: z.record(z.string(), z.unknown()).describe('JSON Schema of each known file of data/, by its path'),
  entrypoint: z.string(),
})
export type Language = z.infer<typeof language>
export type Builtin = z.infer<typeof builtin>
