import { z } from 'zod'
import { decisionInputSchema } from '../gateway/decisions/decision-input.ts'
import { decisionResultSchema } from '../gateway/decisions/decision-result.ts'
import { policyDataSchemas } from '../gateway/policies-admin/data/policy-data.ts'

/** The text of each file of `schemas/`, made from the TypeScript contract, so that `opa check --schema` finds a misspelt member. */
export function generateSchemas(): Readonly<Record<string, string>> {
  return {
    'input.json': toText(decisionInputSchema),
    'output.json': toText(decisionResultSchema),
    ...Object.fromEntries(
      Object.entries(policyDataSchemas).map(([name, schema]) => [`data/${name}.json`, toText(z.looseObject({ [name]: schema }))]),
    ),
  }
}

function toText(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-7' }), null, 2)}\n`
}
