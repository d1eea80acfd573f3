import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import { readCertsOnly } from '../../../agent/enrolment/certs-only.ts'
import { registerMachine } from '../../support/own-machine.ts'
import type { RunningDemoProcess } from '../../support/running-demo.ts'
import { newTestCsr } from '../../support/test-credentials.ts'
import { clientPreface, emptySettings, frameType, settingsAck, wholeFrames } from './frames.ts'

/** Somebody who holds the key and the valid certificate of a machine, and is nobody's HTTP/2 library. */
export interface HostileMachine {
  /** A live tunnel: resolves when the gateway has let it in and has asked its first question, on stream 1. */
  dial(): Promise<TLSSocket>
}

/** Enrols by RFC 7030 as another maker's device would. */
export async function enrolHostileMachine(demo: RunningDemoProcess, id: string): Promise<HostileMachine> {
  const { ca: caFile, est, tunnel } = demo.description
  const password = await registerMachine(demo, id, `Hostile ${id}`)
  const ca = await readFile(caFile, 'utf8')
  const { der, keyPem } = await newTestCsr()
  const answer = await new Promise<string>((resolve, reject) => {
    const asking = request(
      `${est}/simpleenroll`,
      { method: 'POST', ca, auth: `${id}:${password}`, headers: { 'content-type': 'application/pkcs10' } },
      (response) => {
        let body = ''
        response.setEncoding('latin1').on('data', (chunk: string) => (body += chunk))
        response.on('end', () => (response.statusCode === 200 ? resolve(body) : reject(new Error(`${response.statusCode} ${body}`))))
      },
    )
    asking.on('error', reject).end(der.toString('base64'))
  })
  const cert = readCertsOnly(answer).map(String).join('')
  const port = Number(tunnel.split(':')[1])
  return {
    dial: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port, ca, key: keyPem, cert, minVersion: 'TLSv1.3', ALPNProtocols: ['rh2'] })
        socket.on('error', reject).once('close', () => reject(new Error(`${id} was not let in`)))
        socket.once('secureConnect', () => socket.write(Buffer.concat([emptySettings, settingsAck])))
        let heard = Buffer.alloc(0)
        const listen = (chunk: Buffer): void => {
          heard = Buffer.concat([heard, chunk])
          if (
            !wholeFrames(heard.subarray(clientPreface.length)).frames.some(({ type, stream }) => type === frameType.headers && stream === 1)
          )
            return
          socket.off('data', listen)
          resolve(socket)
        }
        socket.on('data', listen)
      }),
  }
}
