/** Taken before any script of the page runs: what a page puts in their place later neither stops the recorder nor hears it. */
const { apply } = Reflect
const NativeWebSocket = WebSocket
const nativeSend = WebSocket.prototype.send
const nativeClose = WebSocket.prototype.close
const nativeListen = EventTarget.prototype.addEventListener
const nativeStringify = JSON.stringify
const nativeParse = JSON.parse
const nativeTimeout = setTimeout
const nativeFrame = requestAnimationFrame
const nativeCreate = Document.prototype.createElement
const nativeQuery = Document.prototype.querySelectorAll
const nativeContext = HTMLCanvasElement.prototype.getContext
const nativeToBlob = HTMLCanvasElement.prototype.toBlob
const nativeDraw = CanvasRenderingContext2D.prototype.drawImage
const NativeReader = FileReader
const nativeRead = FileReader.prototype.readAsDataURL
const nativeNow = performance.now.bind(performance)
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
  now: (): number => nativeNow(),
  frame: (run: () => void): void => void apply(nativeFrame, window, [run]),
  canvas: (): HTMLCanvasElement => apply(nativeCreate, document, ['canvas']) as HTMLCanvasElement,
  canvases: (): Iterable<HTMLCanvasElement> => apply(nativeQuery, document, ['canvas']) as NodeListOf<HTMLCanvasElement>,
  /** Throws nothing for pixels of another origin: encoding does. */
  draw: (to: HTMLCanvasElement, from: HTMLCanvasElement): void => {
    const context = apply(nativeContext, to, ['2d']) as CanvasRenderingContext2D
    apply(nativeDraw, context, [from, 0, 0, to.width, to.height])
  },
  encode: (canvas: HTMLCanvasElement): Promise<Blob | null> =>
    new Promise((resolve) => {
      apply(nativeToBlob, canvas, [resolve, 'image/webp', 0.6])
    }),
  dataUrl: (blob: Blob): Promise<string> =>
    new Promise((resolve, reject) => {
      const reader = new NativeReader()
      apply(nativeListen, reader, ['load', () => resolve(reader.result as string)])
      apply(nativeListen, reader, ['error', reject])
      apply(nativeRead, reader, [blob])
    }),
  bytesOf: (text: string): number => (apply(nativeEncode, encoder, [text]) as Uint8Array).length,
}
