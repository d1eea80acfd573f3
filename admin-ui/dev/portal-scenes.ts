import { sessionIdOf } from './fake-data.ts'
import { policyScenes } from './policy-scenes.ts'

export interface PortalScene {
  readonly name: string
  readonly path: string
  /** Who is signed in, or null. */
  readonly who: 'mia' | 'noah' | 'ada' | 'ari' | 'sam' | 'ines' | null
  /** Level-one heading or title of the dialog in English, to know that the page is there. */
  readonly ready: RegExp
}

/** Every page of the portal once, with an address that shows it. */
export const portalScenes: readonly PortalScene[] = [
  { name: 'sign-in', path: '/', who: null, ready: /^Sallyport$/u },
  { name: 'signed-out', path: '/signed-out', who: null, ready: /^(You are signed out|Sie sind abgemeldet)$/u },
  { name: 'sign-in-failed', path: '/sign-in-failed?code=account_disabled', who: null, ready: /^(Signing in did|Die Anmeldung ist)/u },
  { name: 'walk-through', path: '/walk-through', who: null, ready: /^(Walk-through|Rundgang)$/u },
  { name: 'machines', path: '/machines', who: 'mia', ready: /^(Machines|Maschinen)$/u },
  { name: 'machines-empty', path: '/machines?search=zzz', who: 'mia', ready: /^(Machines|Maschinen)$/u },
  { name: 'machine', path: '/machines/press-1', who: 'mia', ready: /^Press 1$/u },
  { name: 'machine-denied', path: '/machines/plate-2', who: 'mia', ready: /^Plate setter 2$/u },
  { name: 'machine-offline', path: '/machines/flow-3', who: 'mia', ready: /^Workflow server$/u },
  { name: 'ask', path: '/machines/press-1/ask?service=hmi', who: 'mia', ready: /Press 1/u },
  { name: 'session-waiting', path: `/sessions/${sessionIdOf('1')}`, who: 'mia', ready: /Press 1/u },
  { name: 'session-open', path: `/sessions/${sessionIdOf('2')}`, who: 'mia', ready: /Press 1/u },
  { name: 'session-lost', path: `/sessions/${sessionIdOf('3')}`, who: 'mia', ready: /Press 1/u },
  { name: 'session-ended', path: `/sessions/${sessionIdOf('4')}`, who: 'mia', ready: /Press 1/u },
  { name: 'session-refused', path: `/sessions/${sessionIdOf('5')}`, who: 'mia', ready: /Press 1/u },
  { name: 'session-policy', path: `/sessions/${sessionIdOf('6')}`, who: 'mia', ready: /Press 1/u },
  { name: 'sessions', path: '/sessions', who: 'ada', ready: /^(Sessions|Sitzungen)$/u },
  { name: 'undertaking', path: '/machines', who: 'noah', ready: /^(Undertaking|Verpflichtung)$/u },
  { name: 'people', path: '/people', who: 'ada', ready: /^(People|Personen)$/u },
  { name: 'person', path: `/people/per_${'1'.repeat(32)}`, who: 'ada', ready: /^Mia Bauer$/u },
  { name: 'person-read-only', path: `/people/per_${'1'.repeat(32)}`, who: 'ari', ready: /^Mia Bauer$/u },
  { name: 'new-person', path: '/people/new', who: 'ada', ready: /^(New person|Neue Person)$/u },
  { name: 'devices', path: '/devices', who: 'ada', ready: /^(Devices|Geräte)$/u },
  { name: 'device', path: '/devices/press-1', who: 'ada', ready: /^Press 1$/u },
  { name: 'device-locked', path: '/devices/flow-3', who: 'ada', ready: /^Workflow server$/u },
  { name: 'device-away', path: '/devices/plate-2', who: 'ada', ready: /^Plate setter 2$/u },
  { name: 'new-device', path: '/new-device', who: 'ada', ready: /^(New device|Neues Gerät)$/u },
  { name: 'grants', path: '/grants', who: 'ada', ready: /^(Requests|Anfragen)$/u },
  { name: 'grants-mine', path: '/grants', who: 'mia', ready: /^(Requests|Anfragen)$/u },
  { name: 'decisions', path: '/decisions', who: 'ada', ready: /^(Decisions|Entscheidungen)$/u },
  { name: 'decision', path: '/decisions/dec_1', who: 'ada', ready: /^(Why|Warum)$/u },
  {
    name: 'command-line',
    path: `/command-line?port=50000&state=${'s'.repeat(22)}&code_challenge=${'c'.repeat(43)}`,
    who: 'mia',
    ready: /^(Allow the command line|Kommandozeile zulassen)$/u,
  },
  { name: 'command-line-broken', path: '/command-line', who: 'mia', ready: /^(Allow the command line|Kommandozeile zulassen)$/u },
  { name: 'not-found', path: '/nowhere', who: 'mia', ready: /^(There is no such page|Diese Seite gibt es nicht)$/u },
  ...policyScenes,
]
