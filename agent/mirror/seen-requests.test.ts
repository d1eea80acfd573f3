import { describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createSeenRequests } from './seen-requests.ts'
import type { SeenRequest } from './seen-requests.ts'

/** A session of one service; `pauses`: it stands still at what nothing explains. */
function start({ pauses = true, mirrored = true } = {}) {
  const clock = new FakeClock()
  const state = { id: 'ses', pauseUnexplained: pauses ? ['hmi'] : [], pausedAt: null as object | null }
  const stopped: string[] = []
  const passed: string[] = []
  const requests = createSeenRequests({
    clock,
    isMirrored: () => mirrored,
    live: () => state as never,
    onUnexplained: ({ method, path }: SeenRequest) => {
      stopped.push(`${method} ${path}`)
      state.pausedAt = {}
    },
  })
  const send = (method: string, path: string, service = 'hmi') => {
    const note = requests.begin({ session: 'ses', service, method, path })
    note.whenClear(() => passed.push(`${method} ${path}`))
    return note
  }
  const goOn = (): void => {
    state.pausedAt = null
    requests.sessionChanged()
  }
  return { clock, requests, send, stopped, passed, goOn, state }
}

describe('a request that changes something, where the session stands still at what nothing explains', () => {
  it('waits until an act explains it, and goes on then', () => {
    const { clock, requests, send, stopped, passed } = start()
    send('POST', '/start')
    clock.advance(1_900)
    expect(passed).toEqual([])
    requests.acted('ses')
    clock.advance(5_000)
    expect([passed, stopped]).toEqual([['POST /start'], []])
  })

  it('goes on at once behind an act, as what only reads does', () => {
    const { requests, send, stopped, passed } = start()
    requests.acted('ses')
    send('POST', '/start')
    send('GET', '/values')
    expect([passed, stopped]).toEqual([['POST /start', 'GET /values'], []])
  })

  it('stops the session when nothing came, before it goes on', () => {
    const { clock, send, stopped, passed } = start()
    send('POST', '/start?token=1')
    clock.advance(2_000)
    // It goes on where the session lets it: that stands still by now.
    expect([stopped, passed]).toEqual([['POST /start?token=1'], ['POST /start?token=1']])
  })

  it('stops it once for each method and path; others wait for their turn, so that the operator hears of each', () => {
    const { clock, send, stopped, passed, goOn } = start()
    send('POST', '/start')
    send('DELETE', '/recipe')
    send('POST', '/start?again')
    clock.advance(2_000)
    expect([stopped, passed]).toEqual([['POST /start'], ['POST /start', 'POST /start?again']])
    goOn()
    expect([stopped.at(-1), passed.at(-1)]).toEqual(['DELETE /recipe', 'DELETE /recipe'])
    goOn()
    send('POST', '/start')
    clock.advance(2_000)
    expect(stopped).toHaveLength(2)
  })

  it('is nobody’s news when whoever sent it is gone', () => {
    const { clock, send, stopped, passed } = start()
    send('POST', '/start').end(null)
    clock.advance(2_000)
    expect([stopped, passed]).toEqual([[], []])
  })

  it('stops it at once where no page is mirrored: nobody could explain it', () => {
    const { send, stopped } = start({ mirrored: false })
    send('PUT', '/mode')
    expect(stopped).toEqual(['PUT /mode'])
  })

  it('of another service, or where it is only marked, does not wait', () => {
    const { clock, send, stopped, passed } = start()
    send('POST', '/start', 'docs')
    expect(passed).toEqual(['POST /start'])
    const marked = start({ pauses: false })
    marked.send('POST', '/start')
    expect(marked.passed).toEqual(['POST /start'])
    for (const one of [clock, marked.clock]) one.advance(2_000)
    expect([stopped, marked.stopped]).toEqual([[], []])
    expect(marked.requests.changedAfter(0).map(({ request }) => request.verdict)).toEqual(['unexplained'])
  })

  it('is forgotten with its session', () => {
    const { clock, requests, send, stopped, passed, state } = start()
    send('POST', '/start')
    state.id = 'other'
    requests.sessionChanged()
    clock.advance(2_000)
    expect([stopped, passed]).toEqual([[], []])
  })
})
