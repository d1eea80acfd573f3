import type { Page } from 'playwright-core'

export interface StoppedAt {
  /** The address, when the browser wanted to go there; it has not gone. */
  url(): Promise<URL>
}

/** Stops this page once before it asks for such an address, also on the way of a redirect: what an attacker gets who breaks off there. */
export async function stopAt(page: Page, urlPattern: string): Promise<StoppedAt> {
  const devtools = await page.context().newCDPSession(page)
  const stopped = new Promise<URL>((resolve) => {
    devtools.once('Fetch.requestPaused', ({ requestId, request }) => {
      void devtools
        .send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
        .then(() => devtools.detach())
        .then(() => resolve(new URL(request.url)))
    })
  })
  await devtools.send('Fetch.enable', { patterns: [{ urlPattern, requestStage: 'Request' }] })
  return { url: () => stopped }
}
