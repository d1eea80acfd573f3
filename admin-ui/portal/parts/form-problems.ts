import type { ApiIssue, ApiSchema } from '../../../gateway/http-api/contract/building-blocks.ts'
import type { PortalWords } from '../words/portal-words.ts'

type FieldWords = PortalWords['fieldProblems']

const sentence = (issue: ApiIssue, words: FieldWords): string => {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'array') return words.choose
      return Number(issue.minimum) <= 1 ? words.required : words.tooShort(Number(issue.minimum))
    case 'too_big':
      return words.tooLong(Number(issue.maximum))
    case 'invalid_format':
      return words.format
    case 'custom':
      return issue.path.at(-1) === 'time_zone' ? words.timeZone : words.notAllowed
    default:
      return words.invalid
  }
}

/** What the API's own schema has against a body, by the path of the field, in the reader's language. */
export const formProblems = (schema: ApiSchema, body: unknown, words: FieldWords): Record<string, string> => {
  const parsed = schema.safeParse(body)
  if (parsed.success) return {}
  // The first problem of a field is the one that people should mend first.
  return Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), sentence(issue, words)] as const).toReversed())
}
