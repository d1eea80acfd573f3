import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CodedError } from '../../basics/coded-error.ts'

export interface LoopbackRedirect extends AsyncDisposable {
  readonly port: number
  /** The code that the browser brings. @throws CodedError `sign_in_failed` */
  code(): Promise<string>
}

/** Where the browser brings the code: a port of this computer, for one answer with the right `state` (RFC 8252, section 7.3). */
export async function listenForRedirect(options: { readonly state: string; readonly withinMs: number }): Promise<LoopbackRedirect> {
  let settle: (outcome: { code: string } | { refused: string }) => void = () => {}
  const outcome = new Promise<{ code: string } | { refused: string }>((resolve) => (settle = resolve))
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo
    const url = URL.parse(request.url ?? '', `http://127.0.0.1:${port}`)
    // Another name that leads here is somebody's trick (DNS rebinding).
    if (request.headers.host !== `127.0.0.1:${port}` || url?.pathname !== '/callback' || url.searchParams.get('state') !== options.state) {
      response.writeHead(404, headers).end()
      return
    }
    const code = url.searchParams.get('code')
    response.once('close', () => settle(code === null ? { refused: 'You did not allow it in the browser.' } : { code }))
    response.writeHead(200, headers).end(page(code !== null))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const timer = setTimeout(() => settle({ refused: 'Nobody allowed it in time. Try again.' }), options.withinMs)
  return {
    port: (server.address() as AddressInfo).port,
    async code() {
      const settled = await outcome
      if ('code' in settled) return settled.code
      throw new CodedError({ code: 'sign_in_failed', message: settled.refused, remedy: 'sign_in' })
    },
    [Symbol.asyncDispose]: () => {
      clearTimeout(timer)
      return new Promise((resolve) => {
        server.close(() => resolve())
        // A browser opens connections in advance, and anybody here can hold one.
        server.closeAllConnections()
      })
    },
  }
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  connection: 'close',
}

const page = (allowed: boolean): string => {
  const [en, de] = allowed
    ? [
        'You are signed in at the command line. Close this window.',
        'Sie sind an der Kommandozeile angemeldet. Sie können dieses Fenster schließen.',
      ]
    : [
        'The command line was not allowed. Close this window.',
        'Die Kommandozeile wurde nicht zugelassen. Sie können dieses Fenster schließen.',
      ]
  const style = 'body{font:1rem/1.5 system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}'
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sallyport</title><style>${style}</style><main><h1>Sallyport</h1><p>${en}</p><p lang="de">${de}</p></main></html>`
}
