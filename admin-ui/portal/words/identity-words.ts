import type { Dictionary } from '../../words/language.tsx'

/** What the portal says about identities for devices that cannot enrol by themselves. */
export interface IdentityWords {
  readonly make: string
  readonly title: (name: string) => string
  readonly text: string
  readonly keyType: string
  readonly keyTypes: Readonly<Record<'ec-p256' | 'rsa-2048', string>>
  readonly days: string
  readonly daysHint: string
  readonly passphraseTitle: string
  readonly passphraseText: (name: string, until: string) => string
  readonly copyPassphrase: string
  readonly download: (file: string) => string
}

export const identityWords: Dictionary<IdentityWords> = {
  en: {
    make: 'Identity as a file',
    title: (name) => `Identity of ${name} as a file`,
    text: 'For a device of another maker. Its key is made here, at the gateway, put into a PKCS#12 file with the certificate, and not kept. Whoever has the file and its passphrase is this device: bring them there by two ways. A one-time password that is open stops working, and so does the certificate of before, with the first connection of the new one.',
    keyType: 'Key',
    keyTypes: { 'ec-p256': 'EC P-256', 'rsa-2048': 'RSA 2048 (older devices)' },
    days: 'Days',
    daysHint: 'How long it is good, 1 to 825. Empty: as of every device.',
    passphraseTitle: 'Passphrase of the file',
    passphraseText: (name, until) => `For the identity of ${name}, good until ${until}. File and passphrase can be had only now.`,
    copyPassphrase: 'Copy the passphrase',
    download: (file) => `Download ${file}`,
  },
  de: {
    make: 'Identität als Datei',
    title: (name) => `Identität von ${name} als Datei`,
    text: 'Für ein Gerät eines anderen Herstellers. Sein Schlüssel entsteht hier, am Gateway, kommt mit dem Zertifikat in eine PKCS#12-Datei und wird nicht aufbewahrt. Wer die Datei und ihre Passphrase hat, ist dieses Gerät: Bringen Sie beide auf zwei Wegen dorthin. Ein offenes Einmalpasswort gilt dann nicht mehr, und das bisherige Zertifikat nicht mehr ab der ersten Verbindung mit dem neuen.',
    keyType: 'Schlüssel',
    keyTypes: { 'ec-p256': 'EC P-256', 'rsa-2048': 'RSA 2048 (ältere Geräte)' },
    days: 'Tage',
    daysHint: 'Wie lange sie gilt, 1 bis 825. Leer: wie bei jedem Gerät.',
    passphraseTitle: 'Passphrase der Datei',
    passphraseText: (name, until) => `Für die Identität von ${name}, gültig bis ${until}. Datei und Passphrase gibt es nur jetzt.`,
    copyPassphrase: 'Passphrase kopieren',
    download: (file) => `${file} herunterladen`,
  },
}
