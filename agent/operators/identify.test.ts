import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { openStateDatabase } from '../state/state-database.ts'
import type { StateDatabase } from '../state/state-database.ts'
import { createWrongPinStore } from '../state/wrong-pin-store.ts'
import { createIdentify, firstPauseMs, freeTries, longestPauseMs } from './identify.ts'
import type { Identify } from './identify.ts'
import { createOperatorList } from './operator-list.ts'
import { hashPin } from './pin-hash.ts'

let folder: string
let database: StateDatabase
let clock: FakeClock
let paused: (readonly [string, number])[]
let hashes: readonly [string, string]
beforeAll(async () => {
  hashes = [await hashPin('2468', systemRandom), await hashPin('135790', systemRandom)]
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-operators-'))
  database = openStateDatabase(folder)
  clock = new FakeClock()
  paused = []
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const withPins = () => [
  { name: 'Olga', pinHash: hashes[0], mayLoosen: true },
  { name: 'Omar', pinHash: hashes[1], mayLoosen: false },
]
const identifier = (operators: Parameters<typeof createOperatorList>[0] = withPins()): Identify =>
  createIdentify({
    operators: createOperatorList(operators, silentLogger),
    wrongPins: createWrongPinStore(database),
    clock,
    logger: silentLogger,
    onPaused: (name, wrong) => paused.push([name, wrong]),
  })
const outcome = (asked: Promise<unknown>): Promise<unknown> => asked.catch((error: { code?: string }) => error.code)

describe('who presses', () => {
  it('is whose PIN was typed, and nobody else', async () => {
    const identify = identifier()
    expect(await outcome(identify('Olga', '2468'))).toEqual({ name: 'Olga', proof: 'pin', mayLoosen: true })
    expect(await outcome(identify('Omar', '135790'))).toEqual({ name: 'Omar', proof: 'pin', mayLoosen: false })
    expect(await outcome(identify('Omar', '2468'))).toBe('wrong_pin')
    expect(await outcome(identify('Olga', null))).toBe('pin_needed')
    expect(await outcome(identify('Mallory', '2468'))).toBe('unknown_operator')
    expect(await outcome(identify('', null))).toBe('unknown_operator')
  })

  it('is who says so where the site runs without PINs, and the proof says that', async () => {
    const identify = identifier([{ name: 'Olga', pinHash: null, mayLoosen: true }])
    expect(await outcome(identify('Olga', null))).toEqual({ name: 'Olga', proof: 'none', mayLoosen: false })
    expect(await outcome(identify('Olga', '1111'))).toEqual({ name: 'Olga', proof: 'none', mayLoosen: false })
    expect(await outcome(identify('Mallory', null))).toBe('unknown_operator')
  })

  it('needs a PIN as soon as anybody of the list has one', async () => {
    const identify = identifier([...withPins(), { name: 'Otto', pinHash: null, mayLoosen: false }])
    expect(await outcome(identify('Otto', null))).toBe('no_pin_yet')
    expect(await outcome(identify('Otto', '2468'))).toBe('no_pin_yet')
  })

  it('has to wait after five wrong PINs, longer each time, even with the right one; others do not', async () => {
    const identify = identifier()
    for (let tried = 1; tried < freeTries; tried += 1) expect(await outcome(identify('Olga', '0000'))).toBe('wrong_pin')
    expect(paused).toEqual([])
    expect(await outcome(identify('Olga', '0000'))).toBe('too_many_pins')
    expect(paused).toEqual([['Olga', freeTries]])
    clock.advance(firstPauseMs - 1)
    await expect(identify('Olga', '2468')).rejects.toMatchObject({ code: 'too_many_pins', retryS: 1 })
    expect(await outcome(identify('Omar', '135790'))).toMatchObject({ name: 'Omar' })
    clock.advance(1)
    expect(await outcome(identify('Olga', '0000'))).toBe('too_many_pins')
    clock.advance(firstPauseMs)
    expect(await outcome(identify('Olga', '2468'))).toBe('too_many_pins')
    clock.advance(firstPauseMs)
    expect(await outcome(identify('Olga', '2468'))).toMatchObject({ proof: 'pin' })
    expect(await outcome(identify('Olga', '0000'))).toBe('wrong_pin')
  })

  it('never waits longer than a quarter of an hour', async () => {
    const identify = identifier()
    for (let tried = 0; tried < 16; tried += 1) {
      await outcome(identify('Olga', '0000'))
      clock.advance(longestPauseMs)
    }
    expect(await outcome(identify('Olga', '2468'))).toMatchObject({ proof: 'pin' })
  })

  it('gets no new tries from a restart of the agent, and none from tries at once', async () => {
    const first = identifier()
    const answers = await Promise.all(Array.from({ length: 8 }, () => outcome(first('Olga', '0000'))))
    expect(answers.filter((code) => code === 'wrong_pin')).toHaveLength(freeTries - 1)
    const second = identifier()
    expect(await outcome(second('Olga', '2468'))).toBe('too_many_pins')
    clock.advance(firstPauseMs)
    expect(await outcome(second('Olga', '2468'))).toMatchObject({ proof: 'pin' })
    expect(createWrongPinStore(database).list()).toEqual([])
  })

  it('is nobody while what was tried cannot be written down', async () => {
    const identify = createIdentify({
      operators: createOperatorList(withPins(), silentLogger),
      wrongPins: {
        ...createWrongPinStore(database),
        add: () => {
          throw new Error('database or disk is full')
        },
      },
      clock,
      logger: silentLogger,
      onPaused: () => {},
    })
    expect(await outcome(identify('Olga', '2468'))).toBe('not_durable')
  })
})

describe("the customer's list in a file", () => {
  const file = (): string => join(folder, 'operators.json')
  const write = (value: unknown): void => writeFileSync(file(), typeof value === 'string' ? value : JSON.stringify(value))

  it('is read again when it has changed', async () => {
    write([{ name: 'Olga', pin: hashes[0] }])
    const identify = identifier({ file: file() })
    expect(await outcome(identify('Olga', '2468'))).toMatchObject({ name: 'Olga' })
    write([{ name: 'Omar', pin: hashes[1] }])
    expect(await outcome(identify('Olga', '2468'))).toBe('unknown_operator')
    expect(await outcome(identify('Omar', '135790'))).toMatchObject({ name: 'Omar' })
  })

  it.each([
    ['is gone', undefined],
    ['is torn', '[{"name": "Ol'],
    ['is no list', { name: 'Olga' }],
    ['is empty', []],
    ['has a PIN that is none', [{ name: 'Olga', pin: '2468' }]],
    ['has a name twice', ['Olga', 'Olga']],
    ['has a misspelt member', [{ name: 'Olga', pni: 'x' }]],
  ])('that %s lets nobody in, and says why at the start', async (_what, content) => {
    write([{ name: 'Olga', pin: hashes[0] }])
    const identify = identifier({ file: file() })
    rmSync(file())
    if (content !== undefined) write(content)
    expect(await outcome(identify('Olga', '2468'))).toBe('unknown_operator')
    expect(await outcome(identify('Olga', null))).toBe('unknown_operator')
    expect(() => createOperatorList({ file: file() }, silentLogger)).toThrow(/The list of operators .* cannot be used:\n {2}\S/)
    write([{ name: 'Olga', pin: hashes[0] }])
    expect(await outcome(identify('Olga', '2468'))).toMatchObject({ name: 'Olga' })
  })
})
