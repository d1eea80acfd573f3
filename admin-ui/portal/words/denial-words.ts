import type { Grantor } from '../../../gateway/decisions/policy-reasons.ts'
import type { Dictionary } from '../../words/language.tsx'

/** What the portal says about reasons, besides their own texts. */
export interface DenialWords {
  readonly from: (time: string) => string
  /** Who can remove it; `self` is whoever was denied, and somebody else reads it. */
  readonly grants: Readonly<Record<Grantor, string>>
  readonly yourself: string
  readonly signAgain: string
  /** How whoever looks is signed in now: `methods` are those of RFC 8176. */
  readonly signedIn: (ago: string, methods: string) => string
  readonly methods: Readonly<Record<string, string>>
  readonly noMethod: string
  readonly backTo: string
}

export const denialWords: Dictionary<DenialWords> = {
  en: {
    from: (time) => `Possible from ${time}.`,
    grants: {
      self: 'The technician can do this himself.',
      operator: 'The operator at the machine grants it.',
      customer: 'The customer grants it.',
      service_administrator: 'The service administration grants it.',
      security_team: 'The security team grants it.',
      nobody: 'Nobody can grant an exception.',
    },
    yourself: 'You can do this yourself.',
    signAgain: 'Sign in again',
    signedIn: (ago, methods) => `You signed in ${ago} with: ${methods}.`,
    methods: {
      pwd: 'password',
      otp: 'one-time code',
      hwk: 'security key',
      swk: 'passkey',
      mfa: 'several factors',
      pin: 'PIN',
      user: 'presence',
    },
    noMethod: 'nothing that the identity provider names',
    backTo: 'Back to where you were',
  },
  de: {
    from: (time) => `Möglich ab ${time}.`,
    grants: {
      self: 'Das kann der Techniker selbst tun.',
      operator: 'Der Bediener an der Maschine erteilt es.',
      customer: 'Der Kunde erteilt es.',
      service_administrator: 'Die Serviceverwaltung erteilt es.',
      security_team: 'Das Sicherheitsteam erteilt es.',
      nobody: 'Niemand kann eine Ausnahme erteilen.',
    },
    yourself: 'Das können Sie selbst tun.',
    signAgain: 'Erneut anmelden',
    signedIn: (ago, methods) => `Sie haben sich ${ago} angemeldet, mit: ${methods}.`,
    methods: {
      pwd: 'Passwort',
      otp: 'Einmalcode',
      hwk: 'Sicherheitsschlüssel',
      swk: 'Passkey',
      mfa: 'mehreren Faktoren',
      pin: 'PIN',
      user: 'Anwesenheit',
    },
    noMethod: 'nichts, was der Identitätsanbieter nennt',
    backTo: 'Zurück, wo Sie waren',
  },
}
