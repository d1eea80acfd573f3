import type { IncomingMessage } from 'node:http'
import { downloadName } from './download-name.ts'

/** Is told of every request that goes to a service. */
export interface RequestWatch {
  begin(request: { readonly session: string; readonly service: string; readonly method: string; readonly path: string }): RequestNote
}

export interface RequestNote {
  /** At once, or when it is known that the request may go on. */
  whenClear(run: () => void): void
  up(bytes: number): void
  down(bytes: number): void
  /** The browser saves the answer under this name. */
  file(name: string): void
  /** Status as it was answered; null: there was no answer. May be called twice. */
  end(status: number | null): void
}

/** Is shown every answer of a service that begins. */
export interface AnswerWatch {
  /** Null: its bytes are of no interest. */
  begin(answer: { readonly session: string; readonly service: string } & AnswerHead): PassingBytes | null
}

export interface AnswerHead {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly type: string
  readonly coding: string
  /** As the service says, or null. */
  readonly length: number | null
}

/** The bytes of an answer as they pass, which hold only until `add` returns. */
export interface PassingBytes {
  add(chunk: Buffer): void
  end(): void
  /** No end will come. */
  cut(): void
}

export function headOf({ method = '', url = '' }: IncomingMessage, { statusCode = 0, headers }: IncomingMessage): AnswerHead {
  const { 'content-type': type = '', 'content-encoding': coding = '', 'content-length': length } = headers
  return { method, path: url, status: statusCode, type, coding, length: length === undefined ? null : Number(length) }
}

/** The name under which a browser saves the answer; null: it shows it, or there is nothing to save. */
export function savedAs(
  { method, url = '', headers: asked }: IncomingMessage,
  { statusCode = 0, headers }: IncomingMessage,
): string | null {
  if (method === 'HEAD' || (statusCode !== 200 && statusCode !== 206)) return null
  const { 'content-disposition': disposition, 'content-type': type } = headers
  const dest = asked['sec-fetch-dest']
  return downloadName({ disposition, type, path: url, dest: typeof dest === 'string' ? dest : undefined })
}
