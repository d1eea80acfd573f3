import type { Problem } from '../../../gateway/http-api/contract/building-blocks.ts'
import { ProblemError } from './problem-error.ts'

const usualWaitMs = 30_000
/** Browsers take 64 KiB (Fetch, section 4.6), of all such requests that are under way. */
const mostKeptAliveBytes = 60_000

const problemFrom = async (response: Response): Promise<Problem> => {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem>
  return {
    type: 'about:blank',
    title: `The gateway answered ${response.status}`,
    status: response.status,
    code: 'unexpected_answer',
    id: response.headers.get('x-request-id') ?? '',
    ...body,
  }
}

const bodyOf = (body: unknown): RequestInit => {
  if (body === undefined) return {}
  if (body instanceof Blob) return { body, headers: { 'content-type': body.type } }
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

/** One request to `/api/v1`; throws {@link ProblemError} for everything but success. */
export const createCall =
  (csrf: () => string) =>
  async (method: string, path: string, body?: unknown, longestWaitMs = usualWaitMs): Promise<unknown> => {
    const init = bodyOf(body)
    const headers = new Headers(init.headers)
    headers.set('accept', 'application/json')
    if (method !== 'GET') headers.set('sallyport-csrf', csrf())
    const response = await fetch(`/api/v1${path}`, {
      ...init,
      method,
      headers,
      // What was typed last arrives also when the page is left meanwhile.
      keepalive: method === 'PUT' && typeof init.body === 'string' && new Blob([init.body]).size <= mostKeptAliveBytes,
      cache: 'no-store',
      signal: AbortSignal.timeout(longestWaitMs),
    }).catch((cause: unknown) => {
      throw new ProblemError({ type: 'about:blank', title: 'The gateway does not answer', status: 0, code: 'unreachable', id: '' }, cause)
    })
    if (!response.ok) throw new ProblemError(await problemFrom(response))
    const text = await response.text()
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
