import { describe, expect, test } from 'vitest'
import { createStepReader } from './read-steps.ts'
import type { Step } from './read-steps.ts'

let n = 0
const read = (reader: ReturnType<typeof createStepReader>, ...events: unknown[]): Step[] => {
  n += 1
  return reader.read({ page: 'p', n, at: n * 1_000, fresh: false, batch: { events } }, null)
}
const said = (steps: readonly Step[]): string[] => steps.map(({ key: _, at: __, ...rest }) => JSON.stringify(rest))
const element = (id: number, tagName: string, attributes: object, ...childNodes: object[]) => ({
  type: 2,
  id,
  tagName,
  attributes,
  childNodes,
})
const text = (id: number, textContent: string) => ({ type: 3, id, textContent })
const input = (id: number, value: string, isChecked = false) => ({ type: 3, data: { source: 5, id, text: value, isChecked } })
const click = (id: number) => ({ type: 3, data: { source: 2, type: 2, id } })
const mutate = (data: object) => ({ type: 3, data: { source: 0, texts: [], attributes: [], removes: [], adds: [], ...data } })

const page = [
  { type: 4, data: { href: 'http://m/setup?x=1', width: 1, height: 1 } },
  {
    type: 2,
    data: {
      node: element(
        1,
        'html',
        {},
        element(2, 'button', {}, element(3, 'b', {}, text(4, 'Start\n calibration'))),
        element(5, 'label', { for: 'speed' }, text(6, 'Speed')),
        element(7, 'input', { id: 'speed', value: '10' }),
        element(8, 'input', { type: 'password', name: 'pw' }),
        element(9, 'select', { name: 'mode' }, element(10, 'option', { value: 'a' }, text(11, 'Automatic'))),
        element(12, 'label', {}, element(13, 'input', { type: 'checkbox' }), text(14, 'Door open')),
        element(15, 'div', {}),
      ),
    },
  },
]

describe('the steps of a page', () => {
  test('are what somebody opened, pressed, changed and turned, by the names on the page', () => {
    const reader = createStepReader('p')
    expect(said(read(reader, ...page))).toEqual(['{"kind":"opened","what":"/setup?x=1"}'])
    expect(said(read(reader, click(4), click(7), click(15)))).toEqual([
      '{"kind":"clicked","what":"Start calibration"}',
      '{"kind":"clicked","what":null}',
    ])
    expect(said(read(reader, input(9, 'a'), input(13, 'on', true), input(13, 'on', false)))).toEqual([
      '{"kind":"changed","what":"mode","from":null,"to":"Automatic"}',
      '{"kind":"turned","what":"Door open","on":true}',
      '{"kind":"turned","what":"Door open","on":false}',
    ])
  })

  test('hold typing in a field as one, from what was there before', () => {
    const reader = createStepReader('p')
    read(reader, ...page)
    const typed = [...read(reader, input(7, '1')), ...read(reader, input(7, '12'))]
    expect(new Set(typed.map(({ key }) => key)).size).toBe(1)
    expect(said(typed).at(-1)).toBe('{"kind":"changed","what":"Speed","from":"10","to":"12"}')
    read(reader, click(2))
    expect(said(read(reader, input(7, '9')))).toEqual(['{"kind":"changed","what":"Speed","from":"12","to":"9"}'])
  })

  test('are not what the page put into its fields by itself', () => {
    const reader = createStepReader('p')
    read(reader, ...page)
    const put = (userTriggered: boolean) => ({ type: 3, data: { source: 5, id: 7, text: '12', isChecked: false, userTriggered } })
    expect(said(read(reader, put(false)))).toEqual([])
    expect(said(read(reader, put(true)))).toEqual(['{"kind":"changed","what":"Speed","from":"10","to":"12"}'])
  })

  test('never hold what was typed in a password field, nor how long it is', () => {
    const reader = createStepReader('p')
    read(reader, ...page)
    expect(said(read(reader, input(8, '*****'), input(8, 'clear text')))).toEqual([
      '{"kind":"changed","what":"pw","from":null,"to":"••••"}',
      '{"kind":"changed","what":"pw","from":null,"to":"••••"}',
    ])
  })

  test('show what the recorder masked as dots, and not how long it was', () => {
    const reader = createStepReader('p')
    read(reader, ...page)
    expect(said(read(reader, input(7, '\u2022\u2022\u2022\u2022\u2022\u2022\u2022')))).toEqual([
      '{"kind":"changed","what":"Speed","from":"10","to":"••••"}',
    ])
  })

  test('tell that something was typed where it was masked before too', () => {
    const reader = createStepReader('p')
    read(reader, ...page)
    read(reader, input(7, '**'))
    read(reader, click(4))
    expect(said(read(reader, input(7, '**')))).toEqual(['{"kind":"changed","what":"Speed","from":null,"to":"••••"}'])
  })

  test('follow the page as it changes', () => {
    const reader = createStepReader('p')
    read(reader, ...page)
    const added = { parentId: 15, nextId: null, node: element(20, 'a', {}, text(21, 'Next')) }
    expect(said(read(reader, mutate({ adds: [added] }), click(21)))).toEqual(['{"kind":"clicked","what":"Next"}'])
    expect(said(read(reader, mutate({ texts: [{ id: 21, value: 'Back' }] }), click(20)))).toEqual(['{"kind":"clicked","what":"Back"}'])
    expect(said(read(reader, mutate({ removes: [{ parentId: 15, id: 20 }] }), click(20)))).toEqual(['{"kind":"clicked","what":null}'])
  })

  test('bear whatever a page may claim', () => {
    const reader = createStepReader('p')
    const loop = mutate({ adds: [{ parentId: 1, node: { id: 1, type: 2, childNodes: [{ id: 1, childNodes: [] }] } }] })
    const nonsense = [
      null,
      1,
      {},
      { type: 2, data: null },
      { type: 3, data: { source: 0, adds: [1, null, { node: 5 }], texts: 'x' } },
      loop,
    ]
    expect(read(reader, ...page, ...nonsense, click(-1), { type: 3, data: { source: 5, id: 'x' } }, click(1)).length).toBeGreaterThan(0)
    const long = mutate({ texts: [{ id: 4, value: 'x'.repeat(500) }] })
    read(reader, ...page)
    const [step] = read(reader, long, click(2))
    expect(step?.kind === 'clicked' ? step.what?.length : 0).toBe(80)
  })
})
