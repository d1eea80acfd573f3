import type { Dictionary } from '../../words/language.tsx'

/** What the portal says about machines whose certificate ended while they were away. */
export interface RenewalWords {
  readonly title: string
  readonly waits: (until: string) => string
  readonly compare: string
  /** It does not ask with the key of its certificate. */
  readonly otherKey: string
  readonly code: string
  readonly key: string
  readonly since: string
  readonly address: string
  readonly confirm: string
  readonly refuse: string
  readonly confirmTitle: (name: string) => string
  readonly confirmText: (name: string, code: string) => string
  readonly refuseTitle: (name: string) => string
  readonly refuseText: string
  /** In the list of devices. */
  readonly inList: string
  readonly label: string
  readonly confirmed: (at: string) => string
  readonly refused: (at: string) => string
  /** By whom it was decided: by the machine's key alone, or by a person. */
  readonly renewed: (at: string, ended: string, byPerson: boolean) => string
}

export const renewalWords: Dictionary<RenewalWords> = {
  en: {
    title: 'This machine wants to come back',
    waits: (until) => `It was away: its certificate ended on ${until}. It has proved that it has the key of it.`,
    compare:
      'Ask somebody at the machine which code its panel shows. If it is another one, or nobody is there, refuse: somebody may have a copy of its key.',
    otherKey:
      'It asks with another key than that of its certificate. An agent of ours never does: confirm it only where you know that this machine makes new keys.',
    code: 'Code at the panel',
    key: 'Key (SHA\u2011256)',
    since: 'Asks since',
    address: 'Asks from',
    confirm: 'Let it come back',
    refuse: 'Refuse',
    confirmTitle: (name) => `Let ${name} come back`,
    confirmText: (name, code) => `The panel of ${name} must show the code ${code}.`,
    refuseTitle: (name) => `Refuse ${name}`,
    refuseText: 'To come back it then needs a new one-time password, unless you change your mind here.',
    inList: 'Waits for your confirmation',
    label: 'Late renewal',
    confirmed: (at) => `Confirmed ${at}; the machine has not fetched its certificate yet.`,
    refused: (at) => `Refused ${at}.`,
    renewed: (at, ended, byPerson) =>
      `Its certificate had ended on ${ended}. It was renewed ${at}, ${byPerson ? 'as an administrator had confirmed' : 'by proof of its key'}.`,
  },
  de: {
    title: 'Diese Maschine will zurückkommen',
    waits: (until) => `Sie war fort: Ihr Zertifikat endete am ${until}. Sie hat bewiesen, dass sie den Schlüssel dazu hat.`,
    compare:
      'Fragen Sie jemanden an der Maschine, welchen Code ihr Bedienfeld zeigt. Ist es ein anderer oder ist niemand dort, lehnen Sie ab: Jemand könnte eine Kopie des Schlüssels haben.',
    otherKey:
      'Sie fragt mit einem anderen Schlüssel als dem ihres Zertifikats. Unser Agent tut das nie: Bestätigen Sie nur, wenn Sie wissen, dass diese Maschine neue Schlüssel macht.',
    code: 'Code am Bedienfeld',
    key: 'Schlüssel (SHA\u2011256)',
    since: 'Fragt seit',
    address: 'Fragt von',
    confirm: 'Zurückkommen lassen',
    refuse: 'Ablehnen',
    confirmTitle: (name) => `${name} zurückkommen lassen`,
    confirmText: (name, code) => `Das Bedienfeld von ${name} muss den Code ${code} zeigen.`,
    refuseTitle: (name) => `${name} ablehnen`,
    refuseText: 'Um zurückzukommen, braucht sie dann ein neues Einmalpasswort, außer Sie entscheiden hier noch anders.',
    inList: 'Wartet auf Ihre Bestätigung',
    label: 'Späte Erneuerung',
    confirmed: (at) => `Bestätigt ${at}; die Maschine hat ihr Zertifikat noch nicht geholt.`,
    refused: (at) => `Abgelehnt ${at}.`,
    renewed: (at, ended, byPerson) =>
      `Das Zertifikat war am ${ended} abgelaufen. Es wurde ${at} erneuert, ${byPerson ? 'wie ein Administrator bestätigt hatte' : 'durch Nachweis des Schlüssels'}.`,
  },
}
