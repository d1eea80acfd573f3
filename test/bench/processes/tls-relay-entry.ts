import { connect, createServer } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { answerParent } from './answer-parent.ts'
import { bridge } from './bridge.ts'
import { listen } from './listen.ts'

interface Material {
  readonly ca: string
  readonly key: string
  readonly cert: string
}

/** One half of the raw Node TLS relay, each verifies the other: `entrance` takes TCP and dials TLS 1.3, `exit` takes TLS and dials the machine. Two processes, as gateway and agent are two. */
answerParent({
  async plain({ to }: { readonly to: number }) {
    const server = createServer({ noDelay: true }, (socket) => bridge(socket, connect({ host: '127.0.0.1', port: to, noDelay: true })))
    return { port: await listen(server) }
  },
  async entrance({ to, material }: { readonly to: number; readonly material: Material }) {
    const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      const { ca, key, cert } = material
      const tls = connectTls({ host: '127.0.0.1', port: to, servername: 'localhost', minVersion: 'TLSv1.3', ca, key, cert })
      tls.setNoDelay(true)
      tls.once('secureConnect', () => socket.resume())
      bridge(socket, tls)
      socket.pause()
    })
    return { port: await listen(server) }
  },
  async exit({ to, material }: { readonly to: number; readonly material: Material }) {
    const options = { ...material, minVersion: 'TLSv1.3' as const, requestCert: true, rejectUnauthorized: true, noDelay: true }
    const server = createTlsServer(options, (tls) => {
      bridge(tls, connect({ host: '127.0.0.1', port: to, noDelay: true }))
    })
    return { port: await listen(server) }
  },
})
