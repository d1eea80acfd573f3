import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../basics/clock.ts'
import type { SignIn } from '../sign-in/sign-in-store.ts'

const heartbeatMs = 15_000
const keptEvents = 1_000
/** A browser that reads nothing is cut off past this much; no more than half of it is kept for one that comes back. */
const maxBufferedBytes = 1024 * 1024
/** Who is told that it is over has this long to read it. */
const lastWordMs = 2_000

interface StreamEvent {
  readonly n: number
  readonly text: string
}

export interface PersonalStreamOptions {
  readonly clock: Clock
  /** Stands before each number, so that an id of another start of the gateway is not taken for one of this stream. */
  readonly epoch: string
  /** Asked at each heartbeat: whether the sign-in behind a connection still counts. */
  readonly stillSignedIn: (signIn: SignIn) => Promise<boolean>
}

/**
 * The event stream of one person's browsers: server-sent events (HTML standard, section 9.2) with heartbeats and resuming by
 * `Last-Event-ID`. A connection ends with the sign-in that it was opened by.
 */
export class PersonalStream {
  readonly #options: PersonalStreamOptions
  readonly #connections = new Map<ServerResponse, SignIn>()
  #kept: StreamEvent[] = []
  #keptBytes = 0
  #last = 0
  #heartbeat: Timer | null = null

  constructor(options: PersonalStreamOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#connections.size
  }

  /** Sends what was missed, then everything that comes. `lastSeen` null: a new page, which reads everything itself. */
  add(response: ServerResponse, signIn: SignIn, lastSeen: string | null): void {
    // An id without data is no event, but a browser that loses the connection before the first one comes back with it.
    response.write(`: connected\nid: ${this.#id(this.#last)}\n\n`)
    if (lastSeen !== null) response.write(this.#missedSince(lastSeen))
    if (response.destroyed || response.writableEnded) return
    this.#connections.set(response, signIn)
    response.on('close', () => this.#remove(response))
    if (this.size === 1) this.#beat()
  }

  send(name: string, data: unknown): void {
    this.#last += 1
    const text = `id: ${this.#id(this.#last)}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`
    this.#kept.push({ n: this.#last, text })
    this.#keptBytes += text.length
    while (this.#kept.length > keptEvents || this.#keptBytes > maxBufferedBytes / 2) this.#keptBytes -= this.#kept.shift()?.text.length ?? 0
    for (const response of this.#connections.keys()) write(response, text)
  }

  /** Whoever comes back reads everything again: what was kept is not for this person any more. */
  forget(): void {
    this.#kept = []
    this.#keptBytes = 0
  }

  /** Tells those whose sign-in is over, and ends them. */
  signOut(isOver: (signIn: SignIn) => boolean): void {
    for (const [response, signIn] of this.#connections) if (isOver(signIn)) this.#end(response, 'event: signed_out\ndata: {}\n\n')
  }

  close(): void {
    for (const response of this.#connections.keys()) this.#end(response, '')
  }

  /** Nothing may follow the last word: from here on the connection is not one of this stream, also where its reader does not take it. */
  #end(response: ServerResponse, lastWord: string): void {
    if (!this.#remove(response)) return
    const timer = this.#options.clock.after(lastWordMs, () => response.destroy())
    response.once('close', () => timer.cancel())
    response.end(lastWord)
  }

  #remove(response: ServerResponse): boolean {
    const was = this.#connections.delete(response)
    if (this.size === 0) this.#heartbeat?.cancel()
    return was
  }

  #id(n: number): string {
    return `${this.#options.epoch}-${n}`
  }

  #missedSince(lastSeen: string): string {
    const [, epoch, number] = /^([^-]*)-(\d{1,15})$/.exec(lastSeen) ?? []
    const seen = Number(number)
    const oldest = this.#kept[0]?.n ?? this.#last + 1
    const known = epoch === this.#options.epoch && Number.isSafeInteger(seen) && seen <= this.#last && seen >= oldest - 1
    if (!known) return 'event: resync\ndata: {}\n\n'
    return this.#kept
      .filter(({ n }) => n > seen)
      .map(({ text }) => text)
      .join('')
  }

  #beat(): void {
    this.#heartbeat = this.#options.clock.after(heartbeatMs, () => {
      for (const [response, signIn] of this.#connections) {
        write(response, ': still here\n\n')
        void this.#check(signIn)
      }
      if (this.size > 0) this.#beat()
    })
  }

  async #check(signIn: SignIn): Promise<void> {
    // A store that does not answer ends the stream too: fail closed.
    const good = await this.#options.stillSignedIn(signIn).catch(() => false)
    if (!good) this.signOut((other) => other === signIn)
  }
}

function write(response: ServerResponse, text: string): void {
  if (response.writableLength > maxBufferedBytes) response.destroy()
  else response.write(text)
}
