import type { Dictionary } from '../../../words/language.tsx'

/** Words about what leads back when no policy is left that can be trusted. */
export interface RecoveryWords {
  readonly title: string
  readonly text: string
  readonly keys: string
  readonly none: string
  readonly tooFew: string
  readonly enough: (count: number) => string
  readonly mine: string
  readonly makeTitle: string
  readonly makeText: string
  readonly publicKey: string
  readonly publicKeyHint: string
  readonly register: string
  readonly replace: string
  readonly replaceText: string
  readonly done: string
  readonly onlyAdministrators: string
  readonly copy: string
  readonly howTitle: string
  readonly how: readonly { readonly text: string; readonly command: string | null }[]
}

const request = 'sallyport recover-policy request policies --config gateway.json --reason "…" --out request.json'
const sign = 'sallyport recover-policy sign request.json --key my-key.pem'
const apply = 'sallyport recover-policy apply request.json policies --config gateway.json'

const en: RecoveryWords = {
  title: 'Recovery',
  text: 'When no policy is left that the gateway trusts, everything is denied. Two administrators then sign a policy with these keys, at the gateway itself. The keys have to be here before.',
  keys: 'Registered recovery keys',
  none: 'No key is registered. Without two of them nobody can bring a policy back.',
  tooFew: 'One key is registered. Two different administrators are needed.',
  enough: (count) => `${count} keys are registered: any two of these administrators can bring a policy back.`,
  mine: 'yours',
  makeTitle: 'Your own key',
  makeText:
    'Make it on a computer of your own, not on the gateway’s. The private half stays with you, under a passphrase; the command prints the public half.',
  publicKey: 'Public half of your key',
  publicKeyHint: 'From -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----, as the command printed it.',
  register: 'Register the key',
  replace: 'Replace your key',
  replaceText: 'It takes the place of the key that you have here: the old one signs nothing any more.',
  done: 'Your key is registered.',
  onlyAdministrators: 'Service administrators register keys, each their own.',
  copy: 'Copy',
  howTitle: 'When it comes to it',
  how: [
    { text: 'Stop the gateway. On its machine, write what is to be signed:', command: request },
    { text: 'Two administrators sign it within a day, each with their own key, anywhere:', command: sign },
    { text: 'Back at the gateway’s machine:', command: apply },
    { text: 'Start the gateway. It decides again; the activation stands under Activations with both names.', command: null },
  ],
}

const de: RecoveryWords = {
  title: 'Wiederherstellung',
  text: 'Gibt es keine Regeln mehr, denen das Gateway traut, ist alles verboten. Dann unterschreiben zwei Verwalter am Gateway selbst Regeln mit diesen Schlüsseln. Die Schlüssel müssen vorher hier sein.',
  keys: 'Hinterlegte Schlüssel',
  none: 'Es ist kein Schlüssel hinterlegt. Ohne zwei kann niemand Regeln zurückbringen.',
  tooFew: 'Ein Schlüssel ist hinterlegt. Es braucht zwei verschiedene Verwalter.',
  enough: (count) => `${count} Schlüssel sind hinterlegt: Je zwei dieser Verwalter können Regeln zurückbringen.`,
  mine: 'Ihrer',
  makeTitle: 'Ihr eigener Schlüssel',
  makeText:
    'Erzeugen Sie ihn auf einem eigenen Rechner, nicht auf dem des Gateways. Die private Hälfte bleibt bei Ihnen, unter einer Passphrase; der Befehl zeigt die öffentliche.',
  publicKey: 'Öffentliche Hälfte Ihres Schlüssels',
  publicKeyHint: 'Von -----BEGIN PUBLIC KEY----- bis -----END PUBLIC KEY-----, wie der Befehl sie zeigt.',
  register: 'Schlüssel hinterlegen',
  replace: 'Schlüssel ersetzen',
  replaceText: 'Er tritt an die Stelle Ihres bisherigen: Der alte unterschreibt nichts mehr.',
  done: 'Ihr Schlüssel ist hinterlegt.',
  onlyAdministrators: 'Service-Administratoren hinterlegen Schlüssel, jeder seinen eigenen.',
  copy: 'Kopieren',
  howTitle: 'Wenn es so weit ist',
  how: [
    { text: 'Das Gateway anhalten. Auf seiner Maschine schreiben, was zu unterschreiben ist:', command: request },
    { text: 'Zwei Verwalter unterschreiben es binnen eines Tages, jeder mit seinem Schlüssel, wo auch immer:', command: sign },
    { text: 'Zurück auf der Maschine des Gateways:', command: apply },
    { text: 'Das Gateway starten. Es entscheidet wieder; die Aktivierung steht mit beiden Namen unter Aktivierungen.', command: null },
  ],
}

export const recoveryWords: Dictionary<RecoveryWords> = { en, de }
