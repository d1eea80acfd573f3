/** Taken before any script of the page runs: what a page puts in their place later neither stops the recorder nor hears it. */
const { apply } = Reflect
const NativeWebSocket = WebSocket
const nativeSend = WebSocket.prototype.send
const nativeClose = WebSocket.prototype.close
const nativeListen = EventTarget.prototype.addEventListener
const nativeStringify = JSON.stringify
const nativeParse = JSON.parse
const nativeTimeout = setTimeout
const encoder = new TextEncoder()
const nativeEncode = TextEncoder.prototype.encode

export const natives = {
  openSocket: (url: string): WebSocket => new NativeWebSocket(url),
  send: (socket: WebSocket, text: string): void => apply(nativeSend, socket, [text]),
  close: (socket: WebSocket, code: number): void => apply(nativeClose, socket, [code]),
  listen: (target: EventTarget, type: string, listener: (event: never) => void): void => apply(nativeListen, target, [type, listener]),
  /** Before the page's own listeners. */
  listenFirst: (target: EventTarget, type: string, listener: (event: never) => void): void =>
    apply(nativeListen, target, [type, listener, true]),
  stringify: (value: unknown): string => nativeStringify(value),
  parse: (text: string): unknown => nativeParse(text),
  later: (run: () => void, ms: number): void => void apply(nativeTimeout, window, [run, ms]),
  bytesOf: (text: string): number => (apply(nativeEncode, encoder, [text]) as Uint8Array).length,
}
