import type { JsonSchema } from './wrong-values.ts'

interface Parameter {
  readonly in: string
  readonly name: string
  readonly schema: JsonSchema
}

/** One thing that the API can be asked, as its OpenAPI document describes it. */
export interface Operation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly open: boolean
  readonly query: readonly Parameter[]
  readonly body: JsonSchema | null
}

export interface Description {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly security?: unknown
            readonly parameters?: readonly Parameter[]
            readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
          }
        >
      >
    >
  >
}

export function operationsOf({ paths }: Description): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, security }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      open: security === undefined,
      query: parameters.filter((parameter) => parameter.in === 'query'),
      body: requestBody?.content['application/json']?.schema ?? null,
    })),
  )
}

const none = '0'.repeat(32)
/** What the members of a collection are called. */
const idsIn: Readonly<Record<string, string>> = {
  people: `per_${none}`,
  sessions: `ses_${none}`,
  drafts: `drf_${none}`,
  replays: `rpl_${none}`,
  counts: `mxc_${none}`,
  revisions: `sha256:${none}${none}`,
  changes: `dec_${none}`,
  decisions: `dec_${none}`,
  'grant-requests': `gnt_${none}`,
}

/** An address of the operation that is well formed and leads to nothing. */
export const addressOf = ({ path }: Operation, id?: string): string =>
  path.replaceAll(/([^/]+)\/\{[^}]+\}/g, (_whole, collection: string) => `${collection}/${id ?? idsIn[collection] ?? 'no-such-machine'}`)
