import type { Health } from '../../../gateway/http-api/contract/policy-activation.ts'

/** `GET /health`, beside the API: its answer is the same shape with 200 and with 503. Throws where there is none. */
export async function readHealth(): Promise<Health> {
  const response = await fetch('/health', {
    headers: { accept: 'application/json' },
    cache: 'no-store',
    signal: AbortSignal.timeout(10_000),
  })
  if (response.status !== 200 && response.status !== 503) throw new Error(`/health answered ${response.status}`)
  return (await response.json()) as Health
}
