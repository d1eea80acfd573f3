import { connect } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import { CodedError } from '../basics/coded-error.ts'

/**
 * The gateway's half of reversed HTTP/2: the client, on a connection that the device opened. Resolves when the device has sent its own
 * SETTINGS, so that something which only finished a handshake takes nobody's place.
 *
 * @throws CodedError `device_gone`
 */
export function openHttp2(socket: TLSSocket, timeoutMs: number): Promise<ClientHttp2Session> {
  const session = connect('https://device.invalid', {
    createConnection: () => socket,
    settings: {
      enablePush: false,
      initialWindowSize: tunnelSettings.streamWindow,
      maxHeaderListSize: tunnelSettings.maxHeaderListBytes,
      maxConcurrentStreams: 0,
    },
    maxSessionMemory: tunnelSettings.sessionMemoryMb,
    maxHeaderListPairs: tunnelSettings.maxHeaderPairs,
    maxReservedRemoteStreams: 0,
    maxSettings: 32,
    peerMaxConcurrentStreams: tunnelSettings.maxConcurrentStreams,
  })
  // The device is a server that was never asked to push, and 'origin' and 'altsvc' have no listener: what it says about others is ignored.
  session.on('stream', (stream) => stream.destroy())
  session.on('error', () => {})
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => session.destroy(), timeoutMs)
    timer.unref()
    session.once('connect', () => session.setLocalWindowSize(tunnelSettings.connectionWindow))
    session.once('close', () => {
      clearTimeout(timer)
      reject(new CodedError({ code: 'device_gone', message: 'The device closed the tunnel before it spoke HTTP/2.', remedy: 'retry' }))
    })
    session.once('remoteSettings', () => {
      clearTimeout(timer)
      resolve(session)
    })
  })
}
