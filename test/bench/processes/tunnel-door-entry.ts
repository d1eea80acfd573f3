import { constants } from 'node:crypto'
import { createServer, type TLSSocket } from 'node:tls'
import { openTestDoor, type TestDoor } from '../../support/test-door.ts'
import type { TestCredentials } from '../../support/test-credentials.ts'
import { answerParent } from './answer-parent.ts'
import { collectGarbage } from './collect-garbage.ts'
import { listen } from './listen.ts'

export interface OpenedDoor {
  readonly port: number
  readonly caPem: string
  /** Every device is called so, and by the index of its credentials. */
  readonly names: string
  readonly credentials: readonly TestCredentials[]
}

/** Pacing protects requests from storms of handshakes; here the handshakes are what is counted. */
const limits = { handshakesPerSecond: 1_000_000, handshakeBurst: 1_000_000, reconnectBurst: 1_000_000, maxHalfOpenPerAddress: 1_024 }

const names = 'bench-'
let door: TestDoor | undefined
let connected = 0

/**
 * The real tunnel listener, with records in memory; on each link the gateway's long reading of events, as in the product. `plain`: a bare TLS server of
 * Node with the same certificates instead, which demands a client certificate and says one byte.
 */
async function open({ kind, devices }: { readonly kind: 'tunnel' | 'plain'; readonly devices: number }): Promise<OpenedDoor> {
  door = await openTestDoor({ limits })
  const { listener, authority } = door
  listener.links.onConnected((link) => {
    connected += 1
    void readEvents(link.events(0, new AbortController().signal))
  })
  const credentials: TestCredentials[] = []
  for (let index = 0; index < devices; index += 1) credentials.push(await door.enrol(`${names}${index}`))
  const port = kind === 'tunnel' ? listener.address.port : await plainServer(door)
  return { port, caPem: authority.bundlePem, names, credentials }
}

async function readEvents(events: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const event of events) void event
  } catch {
    // The tunnel ended.
  }
}

const kept = new Set<TLSSocket>()

function plainServer({ certificate, authority }: TestDoor): Promise<number> {
  const { keyPem, certificatePem } = certificate.current()
  const server = createServer(
    {
      key: keyPem,
      cert: certificatePem,
      ca: authority.bundlePem,
      minVersion: 'TLSv1.3',
      secureOptions: constants.SSL_OP_NO_TICKET,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => {
      connected += 1
      kept.add(socket)
      socket.on('error', () => {}).on('close', () => kept.delete(socket))
      socket.resume().write('x')
    },
  )
  return listen(server)
}

answerParent(
  {
    open,
    connected: () => ({ connected }),
    collect: collectGarbage,
  },
  async () => door?.[Symbol.asyncDispose](),
)
