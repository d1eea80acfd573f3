import type { PortalClient } from './portal-client.ts'

/** What the person does in his browser when `sallyport login` asks, by the portal's API; `address` is what the command prints. */
export async function allowInBrowser(person: PortalClient, address: string): Promise<void> {
  const asked = new URL(address.trim()).searchParams
  const { status, body } = await person.api<{ code: string }>('POST', '/api/v1/command-lines', {
    code_challenge: asked.get('code_challenge'),
  })
  if (status !== 201) throw new Error(`the command line was not allowed: ${status} ${JSON.stringify(body)}`)
  const back = new URLSearchParams({ code: body.code, state: asked.get('state') ?? '' })
  await fetch(`http://127.0.0.1:${asked.get('port')}/callback?${back.toString()}`)
}
