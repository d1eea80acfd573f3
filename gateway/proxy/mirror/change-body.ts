import type { Transform } from 'node:stream'
import { decoderOf, type BodyCoding } from './decode-body.ts'
import { insertTag } from './insert-tag.ts'

/** A body that is changed on its way to the browser. */
export interface BodyChange {
  /** False: no more before `onRoom`. */
  write(chunk: Buffer): boolean
  end(): void
  /** The browser does not take what comes out. */
  pause(): void
  resume(): void
  destroy(): void
}

export interface ChangedBody {
  onData(chunk: Buffer): void
  onRoom(): void
  onEnd(): void
  /** It is not what its headers say. */
  onError(error: Error): void
}

/** Made anew for each answer. */
export type ChangeBody = (to: ChangedBody) => BodyChange

/** Puts `tag` at the start of an HTML document, which then goes on without its coding. */
export const insertInto =
  (tag: string, coding: BodyCoding): ChangeBody =>
  (to) =>
    coding === 'identity' ? plainChange(tag, to) : decodingChange(tag, coding, to)

function plainChange(tag: string, to: ChangedBody): BodyChange {
  const inserter = insertTag(tag)
  return {
    write(chunk) {
      for (const piece of inserter.push(chunk)) to.onData(piece)
      return true
    },
    end() {
      for (const piece of inserter.end()) to.onData(piece)
      to.onEnd()
    },
    pause() {},
    resume() {},
    destroy() {},
  }
}

function decodingChange(tag: string, coding: Exclude<BodyCoding, 'identity'>, to: ChangedBody): BodyChange {
  const plain = plainChange(tag, to)
  let decoder: Transform | undefined
  let isPaused = false
  const start = (first: Buffer): Transform => {
    const started = decoderOf(coding, first)
    started
      .on('data', (chunk: Buffer) => plain.write(chunk))
      .on('drain', () => to.onRoom())
      .on('end', () => plain.end())
      .on('error', (error) => to.onError(error))
    if (isPaused) started.pause()
    return started
  }
  return {
    write(chunk) {
      decoder ??= start(chunk)
      return decoder.write(chunk)
    },
    end() {
      if (decoder === undefined) plain.end()
      else decoder.end()
    },
    pause() {
      isPaused = true
      decoder?.pause()
    },
    resume() {
      isPaused = false
      decoder?.resume()
    },
    destroy: () => void decoder?.destroy(),
  }
}
