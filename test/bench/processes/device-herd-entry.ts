import { setPriority } from 'node:os'
import { connect, createSecureContext, type SecureContext } from 'node:tls'
import { answerLikeAnAgent, dialAsDevice } from '../../support/test-device.ts'
import { answerParent } from './answer-parent.ts'
import { countCalls, type CallFigures } from './count-calls.ts'
import { storm, type StormFigures } from './storm.ts'
import type { OpenedDoor } from './tunnel-door-entry.ts'

interface Dialling extends OpenedDoor {
  readonly kind: 'tunnel' | 'plain'
}

/** Many devices in one process: they dial, and hang up again or stay. */
const held: (() => void)[] = []
const contexts = new Map<string, SecureContext>()

function contextOf({ caPem, credentials }: Dialling, index: number): SecureContext {
  const { keyPem, certificatePem } = credentials[index % credentials.length] ?? { keyPem: '', certificatePem: '' }
  const known = contexts.get(certificatePem)
  if (known !== undefined) return known
  const context = createSecureContext({ ca: caPem, key: keyPem, cert: certificatePem, minVersion: 'TLSv1.3' })
  contexts.set(certificatePem, context)
  return context
}

/** Resolves when the other side has shown that it took us in; gives the way to hang up. */
async function dial(dialling: Dialling, index: number): Promise<() => void> {
  const secureContext = contextOf(dialling, index)
  if (dialling.kind === 'plain') {
    const socket = connect({ host: '127.0.0.1', port: dialling.port, servername: 'localhost', secureContext })
    await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject))
    return () => socket.destroy()
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const answer = answerLikeAnAgent({ device: `${dialling.names}${index % dialling.credentials.length}` })
  const device = await dialAsDevice({
    port: dialling.port,
    caPem: dialling.caPem,
    tls: { secureContext, ...from(index) },
    onStream(stream, headers) {
      if (headers[':path']?.startsWith('/v1/events') !== true) return answer(stream, headers)
      stream.respond({ ':status': 200, 'content-type': 'application/x-ndjson' })
      // The gateway asks this of a link that it has registered.
      resolve()
    },
  })
  void device.closed.then(() => reject(new Error('closed before it was taken in')))
  await promise
  return () => device.socket.destroy()
}

/** A site of its own for each: bounds for one address are not what is measured. */
const from = (index: number): object => ({ localAddress: `127.1.${(index >> 8) & 255}.${index & 255}` })

answerParent({
  count: (dialling: Dialling & { readonly callers: number; readonly measureMs: number }): Promise<CallFigures> => {
    let next = 0
    return countCalls(dialling.callers, dialling.measureMs, async () => (await dial(dialling, (next += 1)))())
  },
  async hold({ from, to, ...dialling }: Dialling & { readonly from: number; readonly to: number }) {
    for (let index = from; index < to; index += 1) held.push(await dial(dialling, index))
    return { held: held.length }
  },
  storm({ machines, measureMs, ...dialling }: Dialling & { readonly machines: number; readonly measureMs: number }): Promise<StormFigures> {
    // Machines elsewhere take no time from a gateway.
    setPriority(10)
    return storm(machines, measureMs, (index) => dial(dialling, index))
  },
})
