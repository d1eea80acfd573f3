import { duplexPair, type Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import type { AnswerTo, MachineRequest, SentRequest } from './machine-connection.ts'
import { createMachineConnections } from './machine-connections.ts'

/** Lives of connections between a browser and a machine that do anything at any moment; the same ones at each run. */
const lives = 100
const stepsOfALife = 25

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

function dice(seed: number) {
  let state = seed
  const roll = (): number => (state = (state * 1_664_525 + 1_013_904_223) >>> 0) / 2 ** 32
  return { chance: (of: number) => roll() < of, oneOf: <T>(these: readonly T[]): T => these[Math.floor(roll() * these.length)]! }
}
type Dice = ReturnType<typeof dice>

const ok = 'HTTP/1.1 200 OK\r\n'
const said = [
  `${ok}content-length: 2\r\n\r\nok`,
  `${ok}content-length: 4\r\n\r\nok`,
  `${ok}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n`,
  `${ok}connection: close\r\ncontent-length: 0\r\n\r\n`,
  'HTTP/1.1 102 Processing\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  '0\r\n\r\n',
  'ok',
  ok,
]

/** What a browser uploads: in time or late, as long as it said or not, whole or torn. */
function upload({ chance, oneOf }: Dice): MachineRequest['body'] {
  if (chance(0.5)) return undefined
  const [pieces, isTorn] = [oneOf([1, 2, 3]), chance(0.1)]
  const chunks = {
    bytes: 0,
    stalledSinceMs: () => null,
    completeAtMs: () => null,
    stop: () => {},
    async *[Symbol.asyncIterator]() {
      for (let piece = 0; piece < pieces; piece++) {
        if (chance(0.5)) await turn()
        yield Buffer.from('abc')
      }
      if (isTorn) throw new Error('torn')
    },
  }
  return { bytes: oneOf([null, pieces * 3, pieces * 3, pieces * 3 + 1]), chunks }
}

/** @returns what went wrong in it */
async function live(seed: number): Promise<string[]> {
  const at = dice(seed)
  const { chance, oneOf } = at
  const wrong: string[] = []
  const clock = new FakeClock()
  const streams: { readonly ours: Duplex; readonly theirs: Duplex }[] = []
  const exchanges: { state: string; sent: SentRequest | undefined }[] = []

  const openStream = async (): Promise<Duplex> => {
    if (chance(0.1)) throw new Error('refused')
    const [ours, theirs] = duplexPair({ highWaterMark: oneOf([1, 50, 16_384]) })
    streams.push({ ours: ours.on('error', () => {}), theirs })
    theirs.on('error', () => {}).on('end', () => void (chance(0.5) && theirs.end()))
    if (chance(0.8)) theirs.resume()
    if (chance(0.05)) ours.destroy()
    return ours
  }
  const connections = createMachineConnections({ openStream, maxHeadBytes: 500, clock })
  const abort = (exchange: (typeof exchanges)[number]): void => {
    exchange.sent?.abort()
    if (exchange.state === 'open' && exchange.sent !== undefined) exchange.state = 'aborted'
  }
  const ask = (): void => {
    const exchange: (typeof exchanges)[number] = { state: 'open', sent: undefined }
    const hears =
      (what: string, next = 'open') =>
      (): void => {
        if (exchange.state !== 'open') wrong.push(`${what} behind ${exchange.state}`)
        exchange.state = next
        if (next === 'open' && chance(0.05)) abort(exchange)
        else if (chance(0.1)) exchange.sent?.pause()
      }
    const [onInterim, onHead, onData] = [hears('interim'), hears('head'), hears('data')]
    const answer: AnswerTo = { onInterim, onHead, onData, onEnd: hears('end', 'ended'), onError: hears('error', 'failed') }
    const body = upload(at)
    exchanges.push(exchange)
    exchange.sent = connections.send({ method: body ? 'POST' : oneOf(['GET', 'HEAD']), target: '/', headers: ['a', 'b'], body }, answer)
  }
  const say = (): void => void oneOf(streams)?.theirs.write(oneOf(said))
  const end = (): void => void oneOf(streams)?.theirs.end()
  const tear = (): void => void oneOf([oneOf(streams)?.ours, oneOf(streams)?.theirs])?.destroy()
  const giveUp = (): void => (exchanges.length === 0 ? undefined : abort(oneOf(exchanges)))
  const pause = (): void => oneOf(exchanges)?.sent?.pause()
  const resume = (): void => oneOf(exchanges)?.sent?.resume()
  const wait = (): void => clock.advance(oneOf([1, 2_000, 4_000]))

  const deeds = [ask, ask, ask, ask, ask, ask, say, say, say, say, say, say, say, end, tear, giveUp, pause, resume, wait, turn, turn, turn]
  for (let step = 0; step < stepsOfALife; step++) await oneOf<() => unknown>(deeds)()
  await turn()
  if (chance(0.5)) connections.destroy()
  else for (const exchange of exchanges) abort(exchange)
  for (let time = 0; time < 8; time++) {
    await turn()
    clock.advance(time % 2 === 0 ? 4_000 : 2_000)
  }
  await turn()
  if (exchanges.some(({ state }) => state === 'open')) wrong.push('an exchange never settles')
  if (streams.some(({ ours }) => !ours.destroyed)) wrong.push('a stream stays open')
  if (streams.some(({ ours }) => ours.listenerCount('drain') > 0)) wrong.push('somebody waits for ever')
  return wrong.map((what) => `life ${seed}: ${what}`)
}

test('whatever browser and machine do and when, each exchange settles once, hears nothing behind that, and no stream stays', async () => {
  const wrong: string[] = []
  for (let seed = 1; seed <= lives; seed++) wrong.push(...(await live(seed)))
  expect(wrong).toEqual([])
})
