import type { GrantRequestAnswer } from '../../gateway/http-api/contract/grant-requests.ts'
import { nowS } from './fake-data.ts'

const mia = { id: `per_${'1'.repeat(32)}`, name: 'Mia Bauer' }
const idOf = (digit: string): string => `gnt_${digit.repeat(32)}`

const grantOf = (digit: string, change: Partial<GrantRequestAnswer>): GrantRequestAnswer => ({
  id: idOf(digit),
  person: mia,
  machine: { id: 'plate-2', name: 'Plate setter 2', site: 'Hall 1, Bielefeld' },
  service: 'hmi',
  code: 'training_expired',
  note: 'The plates come out with a line since the night shift.',
  answered_by_role: 'service_administrator',
  state: 'open',
  asked_at: nowS() - 600,
  answered_at: null,
  answered_by: null,
  answer: null,
  mine: true,
  can_answer: false,
  ...change,
})

export const makeGrants = (): GrantRequestAnswer[] => [
  grantOf('1', {}),
  grantOf('2', { machine: null, service: null, code: null, note: 'I take over Spain on Monday: regions iberia, product line press.' }),
  grantOf('3', {
    code: 'switch_off',
    service: 'shell',
    state: 'declined',
    answered_at: nowS() - 100,
    answered_by: 'Ada Lang',
    answer: 'The customer keeps the shell off during production. Use the pages.',
  }),
  grantOf('4', { code: 'no_permission', service: 'vnc', state: 'granted', answered_at: nowS() - 3600, answer: '', note: '' }),
]

/** As whoever answers sees them. */
export const asAdministrator = (request: GrantRequestAnswer): GrantRequestAnswer => ({
  ...request,
  mine: false,
  can_answer: request.state === 'open',
})

export const newGrant = (about: { machine: string; service: string; code: string } | null, note: string): GrantRequestAnswer =>
  grantOf('5', {
    machine: about && { id: about.machine, name: about.machine, site: '' },
    service: about?.service ?? null,
    code: about?.code ?? null,
    note,
    asked_at: nowS(),
  })
