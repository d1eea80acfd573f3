import type { DenialReason } from './policy-reasons.ts'

/** What the engine itself answers where there is no trustworthy answer of a policy: no policy can have a text for it. */
export const engineReasons: Readonly<Record<'policy_error', DenialReason>> = {
  policy_error: {
    granted_by: 'security_team',
    de: {
      reason: 'Die Zugriffsregeln konnten nicht ausgewertet werden; deshalb gilt: kein Zugriff.',
      remedy: 'Erneut versuchen; bleibt es dabei, das Sicherheitsteam verständigen.',
    },
    en: {
      reason: 'The access rules could not be evaluated, and so there is no access.',
      remedy: 'Try again; if it stays like this, tell the security team.',
    },
  },
}
