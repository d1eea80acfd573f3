import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { expect, vi } from 'vitest'
import type { Target } from '../target.ts'
import { frame, opcode } from './frame.ts'

const opened: Socket[] = []

/** Ends what a test has left open. */
export function closeOpened(): void {
  for (const socket of opened.splice(0)) socket.destroy()
}

export const key = 'dGhlIHNhbXBsZSBub25jZQ=='
export const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
export const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`]
export const switching = (...lines: readonly string[]): string =>
  ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket', ...lines, '', ''].join('\r\n')
export const agreed = switching(`Sec-WebSocket-Accept: ${accept}`)

export interface OpenWebSocket {
  readonly browser: Socket
  readonly machine: Socket
  bytesToBrowser(): number
  /** What came to the browser behind the 101, and to the machine behind the request. */
  toBrowser(): Buffer
  toMachine(): Buffer
}

/** A WebSocket whose both ends are raw. `lines`: of the browser's handshake, beside the usual ones. */
export async function openWebSocket(target: Target, lines: readonly string[] = [], says = agreed): Promise<OpenWebSocket> {
  let machine: Socket | undefined
  const heard: { browser: Buffer[]; machine: Buffer } = { browser: [], machine: Buffer.alloc(0) }
  const toBrowser = (): Buffer => Buffer.concat(heard.browser)
  target.machine.forget()
  target.machine.answer = (socket, requests, bytes) => {
    if (machine === undefined && requests.length > 0) {
      machine = socket
      socket.write(Buffer.from(says, 'latin1'))
    } else if (machine === socket) heard.machine = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  }
  const browser = connect({ host: '127.0.0.1', port: Number(new URL(target.origin).port) })
  opened.push(browser)
  browser.on('error', () => {})
  browser.on('data', (chunk: Buffer) => heard.browser.push(chunk))
  browser.write(target.request('GET /live HTTP/1.1', [`Origin: ${target.origin}`, ...handshake, ...lines]))
  await vi.waitFor(() => expect(toBrowser().includes('\r\n\r\n')).toBe(true))
  expect(toBrowser().toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
  if (machine === undefined) throw new Error('the machine was not asked')
  const head = toBrowser().indexOf('\r\n\r\n') + 4
  return {
    browser,
    machine,
    bytesToBrowser: () => heard.browser.reduce((sum, chunk) => sum + chunk.length, -head),
    toBrowser: () => toBrowser().subarray(head),
    toMachine: () => heard.machine,
  }
}

export const text = (said: string, masked: boolean): Buffer => frame({ opcode: opcode.text, payload: Buffer.from(said), masked })
export const isOver = ({ browser, machine }: OpenWebSocket): boolean =>
  (browser.destroyed || browser.readableEnded) && (machine.destroyed || machine.readableEnded)
