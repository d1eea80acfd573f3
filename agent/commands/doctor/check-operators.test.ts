import { expect, it } from 'vitest'
import { readSettings } from '../../settings/read-settings.ts'
import { checkOperators } from './check-operators.ts'

const look = (change: object) => {
  const text = JSON.stringify({
    gateway: { tunnel: 'gw:1', est: 'https://gw:2', caFile: 'ca.pem', trustDomain: 'x' },
    device: { id: 'p', name: 'P', site: 'S' },
    stateDir: 'state',
    panel: { port: 7080 },
    operators: ['Olga'],
    services: { hmi: { kind: 'http', target: '127.0.0.1:80' }, chart: { kind: 'http', target: '127.0.0.1:81', actsOnMachine: false } },
    ...change,
  })
  return checkOperators(readSettings({ text, baseDir: '/nowhere', defaultPagesDir: '/', environment: {} }))
}
const pin = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

it('warns where nobody could show that he is not the technician who controls the screen, and says what follows', () => {
  expect(look({})).toMatchObject({
    state: 'warning',
    what: expect.stringMatching(
      /^Nobody has a PIN, no button is wired, and hmi can act .* cannot be prolonged, .* Ending and pausing work\.$/,
    ),
    fix: expect.stringContaining('sallyport-agent operator set'),
  })
})

it.each<[string, object]>([
  ['one of them has a PIN', { operators: [{ name: 'Olga', pin }] }],
  ['a button is wired', { hardware: { button: { command: ['/opt/button'] } } }],
  ['the panel is on another screen', { panel: { port: 7080, onThisMachine: false } }],
  ['no service can act on the machine', { services: { chart: { kind: 'http', target: '127.0.0.1:81', actsOnMachine: false } } }],
])('is content where %s', (_what, change) => {
  expect(look(change)).toMatchObject({ state: 'ok', fix: null })
})

it('fails where nobody can let in', () => {
  expect(look({ operators: { file: 'none.json' } })).toMatchObject({ state: 'failed', what: expect.stringContaining('/nowhere/none.json') })
})
