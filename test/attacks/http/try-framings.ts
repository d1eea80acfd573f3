import { expect } from 'vitest'
import type { Heard, Target } from '../target.ts'
import { bytesBehind, framings, type Framing } from './framings.ts'

const atOnce = 16

/** Sends every framing on a connection of its own; each is read in the one right way, or nobody gets it. Gives back how many of both there were. */
export async function tryFramings(target: Target, methods: readonly string[]): Promise<{ passed: number; refused: number }> {
  target.machine.forget()
  // Without a cookie: where it is a request of its own, it is one of somebody who has not entered.
  const hidden = `GET /smuggled HTTP/1.1\r\nHost: ${target.host}\r\nConnection: close\r\n\r\n`
  const tried: { framing: Framing; heard: Heard }[] = []
  const all = framings({ methods, hidden })
  const next = async (): Promise<void> => {
    for (const framing of all) {
      const path = `/outer/${tried.length}`
      const attempt = { framing, heard: { text: '', closed: false, status: 0 } }
      tried.push(attempt)
      const head = target.request(`${framing.method} ${path} HTTP/${framing.version}`, framing.lines)
      attempt.heard = await target.raw(head + bytesBehind(hidden))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  // Throws where the machine would have to guess.
  const reached = new Map(target.machine.requests().map((request) => [request.target, request]))
  const wrong = tried.flatMap(({ framing, heard }, n) => {
    const got = reached.get(`/outer/${n}`)
    const expected = framing.body === null ? undefined : `${framing.method} ${framing.body}`
    const right = (got === undefined ? undefined : `${got.method} ${String(got.body)}`) === expected
    const statuses = [...heard.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
    return right &&
      (expected === undefined ? refused(statuses, heard.closed) : [[200], [200, 403]].some((list) => String(list) === String(statuses)))
      ? []
      : [`${framing.name}: ${statuses.join(', ')}, the machine got ${JSON.stringify(got?.body.toString('latin1'))}`]
  })
  expect(wrong).toEqual([])
  expect([...reached.keys()].filter((path) => !path.startsWith('/outer/'))).toEqual([])
  return { passed: reached.size, refused: tried.length - reached.size }
}

const refused = (statuses: readonly number[], closed: boolean): boolean =>
  closed && statuses.length <= 1 && statuses.every((status) => status >= 400)
