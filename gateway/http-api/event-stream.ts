import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../basics/clock.ts'

const heartbeatMs = 15_000
const keptEvents = 1_000
/** A browser that reads nothing is cut off past this much. */
const maxBufferedBytes = 1024 * 1024

interface StreamEvent {
  readonly id: number
  readonly name: string
  readonly data: string
}

/** The event stream of one person's browsers: server-sent events (HTML standard, section 9.2) with heartbeats and resuming by `Last-Event-ID`. */
export class PersonalStream {
  readonly #clock: Clock
  readonly #responses = new Set<ServerResponse>()
  #kept: StreamEvent[] = []
  #lastId = 0
  #heartbeat: Timer | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#responses.size
  }

  /** Sends what was missed, then everything that comes. `lastSeen` null: a new page, which reads everything itself. */
  add(response: ServerResponse, lastSeen: number | null): void {
    response.write(': connected\n\n')
    if (lastSeen !== null) {
      const oldest = this.#kept[0]?.id ?? this.#lastId + 1
      if (lastSeen > this.#lastId || lastSeen < oldest - 1) response.write('event: resync\ndata: {}\n\n')
      else for (const event of this.#kept.filter(({ id }) => id > lastSeen)) response.write(encode(event))
    }
    this.#responses.add(response)
    response.on('close', () => {
      this.#responses.delete(response)
      if (this.#responses.size === 0) this.#heartbeat?.cancel()
    })
    if (this.#responses.size === 1) this.#beat()
  }

  send(name: string, data: unknown): void {
    this.#lastId += 1
    const event = { id: this.#lastId, name, data: JSON.stringify(data) }
    this.#kept.push(event)
    if (this.#kept.length > keptEvents) this.#kept = this.#kept.slice(-keptEvents)
    this.#write(encode(event))
  }

  close(): void {
    this.#heartbeat?.cancel()
    for (const response of this.#responses) response.end()
  }

  #beat(): void {
    this.#heartbeat = this.#clock.after(heartbeatMs, () => {
      this.#write(': still here\n\n')
      if (this.#responses.size > 0) this.#beat()
    })
  }

  #write(text: string): void {
    for (const response of this.#responses) {
      if (response.writableLength > maxBufferedBytes) response.destroy()
      else response.write(text)
    }
  }
}

const encode = (event: StreamEvent): string => `id: ${event.id}\nevent: ${event.name}\ndata: ${event.data}\n\n`
