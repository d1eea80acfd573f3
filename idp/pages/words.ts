import type { Locale } from '../accounts/account.ts'

/** Every sentence of the provider's pages. A language is complete or does not compile. */
export interface Words {
  readonly language: string
  readonly otherLanguage: string
  readonly product: string
  readonly notice: string
  readonly back: string
  readonly signIn: {
    readonly title: string
    readonly lead: (client: string) => string
    readonly username: string
    readonly password: string
    readonly submit: string
    readonly wrongTitle: string
    readonly wrong: string
    readonly missingUsername: string
    readonly missingPassword: string
    readonly help: string
  }
  readonly wait: { readonly title: string; readonly text: (wait: string) => string; readonly why: string; readonly again: string }
  readonly duration: { readonly seconds: (n: number) => string; readonly minutes: (n: number) => string }
  readonly setup: {
    readonly title: string
    readonly lead: (name: string) => string
    readonly rule: string
    readonly password: string
    readonly repeat: string
    readonly submit: string
    readonly problems: Readonly<Record<'too_short' | 'too_long' | 'too_common' | 'is_username' | 'differs', string>>
    readonly problemTitle: string
    readonly doneTitle: string
    readonly done: string
    readonly goOn: string
    readonly deadTitle: string
    readonly used: string
    readonly expired: string
    readonly unknown: string
    readonly ask: string
  }
  readonly consent: {
    readonly title: (client: string) => string
    readonly lead: (client: string, site: string) => string
    readonly scopes: Readonly<Record<string, string>>
    readonly allow: string
    readonly refuse: string
    readonly signedInAs: (name: string) => string
  }
  readonly signOut: {
    readonly title: string
    readonly lead: (name: string) => string
    readonly submit: string
    readonly stay: string
    readonly doneTitle: string
    readonly done: string
  }
  readonly home: { readonly title: string; readonly text: string; readonly open: string }
  readonly errors: Readonly<Record<ErrorKind, { readonly title: string; readonly text: string }>> & {
    readonly id: string
    readonly code: string
    readonly retry: string
  }
}

export type ErrorKind = 'expired' | 'request' | 'denied' | 'forged' | 'not_found' | 'too_large' | 'method' | 'internal'

const en: Words = {
  language: 'English',
  otherLanguage: 'Deutsch',
  product: 'Sallyport',
  notice: 'For authorised persons only. Sign-ins and everything done on machines are recorded; by signing in you agree to that.',
  back: 'Back to the portal',
  signIn: {
    title: 'Sign in',
    lead: (client) => `to go on to ${client}`,
    username: 'User name',
    password: 'Password',
    submit: 'Sign in',
    wrongTitle: 'User name and password do not match',
    wrong: 'Type both again; capital letters count in the password. If it stays so, ask your service administrator.',
    missingUsername: 'Type your user name.',
    missingPassword: 'Type your password.',
    help: 'Forgotten your password? Your service administrator makes you a new set-up link.',
  },
  wait: {
    title: 'Wait before the next attempt',
    text: (wait) => `There were too many failed attempts from here. You can try again in ${wait}.`,
    why: 'This slows down strangers who guess passwords. Your account is not locked: from another network you can sign in at once.',
    again: 'Try again',
  },
  duration: {
    seconds: (n) => (n === 1 ? '1 second' : `${n} seconds`),
    minutes: (n) => (n === 1 ? '1 minute' : `${n} minutes`),
  },
  setup: {
    title: 'Set your password',
    lead: (name) => `Hello ${name}. Choose the password that only you will know.`,
    rule: 'At least 12 characters. Several words that do not belong together make a good one.',
    password: 'New password',
    repeat: 'The same again',
    submit: 'Set password',
    problems: {
      too_short: 'The password is too short: take at least 12 characters.',
      too_long: 'The password is too long: take at most 256 characters.',
      too_common: 'This password is one of the most common ones, so it would be guessed. Choose another.',
      is_username: 'The password is your user name. Choose another.',
      differs: 'The two passwords differ. Type the same one twice.',
    },
    problemTitle: 'The password was not set',
    doneTitle: 'Your password is set',
    done: 'This link is used up. From now on you sign in with your user name and this password.',
    goOn: 'Go to sign-in',
    deadTitle: 'This link does not work any more',
    used: 'It was used already. If that was not you, tell your service administrator at once.',
    expired: 'It was good for 24 hours, and they are over.',
    unknown: 'It is incomplete, or a newer link took its place.',
    ask: 'Your service administrator can make you a new one.',
  },
  consent: {
    title: (client) => `Share your details with ${client}?`,
    lead: (client, site) => `${client} (${site}) wants to know:`,
    scopes: { openid: 'that it is you (a fixed number for your account)', profile: 'your name and your user name' },
    allow: 'Share',
    refuse: 'Do not share',
    signedInAs: (name) => `You are signed in as ${name}.`,
  },
  signOut: {
    title: 'Sign out?',
    lead: (name) => `You are signed in as ${name}. Signing out ends your sign-in in every application of this browser.`,
    submit: 'Sign out',
    stay: 'Stay signed in',
    doneTitle: 'You are signed out',
    done: 'On a shared computer, close the browser window too.',
  },
  home: { title: 'This is the sign-in service', text: 'It is used by other pages. To sign in, open the portal.', open: 'Open the portal' },
  errors: {
    id: 'Number for support',
    code: 'Reason',
    retry: 'Go back to the portal and sign in again.',
    expired: {
      title: 'This sign-in is over',
      text: 'It took too long, was finished in another tab, began in another browser, or this browser keeps no cookies.',
    },
    request: {
      title: 'The application asked wrongly',
      text: 'The page that sent you here made a request that is not allowed. You did nothing wrong; nobody was signed in.',
    },
    denied: { title: 'You were not signed in', text: 'The request was refused or cancelled.' },
    forged: {
      title: 'This form was not taken',
      text: 'It did not come from this page, or the page was open for too long. Nothing was changed.',
    },
    not_found: { title: 'There is nothing at this address', text: 'The address may be incomplete.' },
    too_large: { title: 'That was too much', text: 'The form held more than this page takes. Nothing was changed.' },
    method: { title: 'This cannot be done here', text: 'The address does not take this kind of request.' },
    internal: { title: 'Something broke on our side', text: 'It is in our log under the number below. Trying again may help.' },
  },
}

const de: Words = {
  language: 'Deutsch',
  otherLanguage: 'English',
  product: 'Sallyport',
  notice:
    'Nur für Berechtigte. Anmeldungen und alles, was an Maschinen geschieht, werden aufgezeichnet; mit der Anmeldung stimmen Sie dem zu.',
  back: 'Zurück zum Portal',
  signIn: {
    title: 'Anmelden',
    lead: (client) => `und weiter zu ${client}`,
    username: 'Benutzername',
    password: 'Passwort',
    submit: 'Anmelden',
    wrongTitle: 'Benutzername und Passwort passen nicht zusammen',
    wrong: 'Geben Sie beides noch einmal ein; beim Passwort zählen Großbuchstaben. Bleibt es dabei, fragen Sie Ihre Serviceverwaltung.',
    missingUsername: 'Geben Sie Ihren Benutzernamen ein.',
    missingPassword: 'Geben Sie Ihr Passwort ein.',
    help: 'Passwort vergessen? Ihre Serviceverwaltung erstellt Ihnen einen neuen Einrichtungslink.',
  },
  wait: {
    title: 'Bitte warten Sie vor dem nächsten Versuch',
    text: (wait) => `Von hier kamen zu viele fehlgeschlagene Versuche. Sie können es in ${wait} wieder versuchen.`,
    why: 'Das bremst Fremde, die Passwörter raten. Ihr Konto ist nicht gesperrt: aus einem anderen Netz können Sie sich sofort anmelden.',
    again: 'Noch einmal versuchen',
  },
  duration: {
    seconds: (n) => (n === 1 ? '1 Sekunde' : `${n} Sekunden`),
    minutes: (n) => (n === 1 ? '1 Minute' : `${n} Minuten`),
  },
  setup: {
    title: 'Passwort festlegen',
    lead: (name) => `Guten Tag, ${name}. Wählen Sie das Passwort, das nur Sie kennen.`,
    rule: 'Mindestens 12 Zeichen. Gut sind mehrere Wörter, die nichts miteinander zu tun haben.',
    password: 'Neues Passwort',
    repeat: 'Noch einmal dasselbe',
    submit: 'Passwort festlegen',
    problems: {
      too_short: 'Das Passwort ist zu kurz: nehmen Sie mindestens 12 Zeichen.',
      too_long: 'Das Passwort ist zu lang: nehmen Sie höchstens 256 Zeichen.',
      too_common: 'Dieses Passwort gehört zu den häufigsten und würde erraten. Wählen Sie ein anderes.',
      is_username: 'Das Passwort ist Ihr Benutzername. Wählen Sie ein anderes.',
      differs: 'Die beiden Passwörter sind verschieden. Geben Sie zweimal dasselbe ein.',
    },
    problemTitle: 'Das Passwort wurde nicht festgelegt',
    doneTitle: 'Ihr Passwort ist festgelegt',
    done: 'Dieser Link ist verbraucht. Ab jetzt melden Sie sich mit Ihrem Benutzernamen und diesem Passwort an.',
    goOn: 'Zur Anmeldung',
    deadTitle: 'Dieser Link gilt nicht mehr',
    used: 'Er wurde schon benutzt. Wenn Sie das nicht waren, sagen Sie es sofort Ihrer Serviceverwaltung.',
    expired: 'Er galt 24 Stunden, und die sind vorbei.',
    unknown: 'Er ist unvollständig, oder ein neuerer Link hat ihn ersetzt.',
    ask: 'Ihre Serviceverwaltung kann Ihnen einen neuen erstellen.',
  },
  consent: {
    title: (client) => `Angaben an ${client} weitergeben?`,
    lead: (client, site) => `${client} (${site}) möchte wissen:`,
    scopes: { openid: 'dass Sie es sind (eine feste Nummer Ihres Kontos)', profile: 'Ihren Namen und Ihren Benutzernamen' },
    allow: 'Weitergeben',
    refuse: 'Nicht weitergeben',
    signedInAs: (name) => `Sie sind als ${name} angemeldet.`,
  },
  signOut: {
    title: 'Abmelden?',
    lead: (name) => `Sie sind als ${name} angemeldet. Das Abmelden gilt für alle Anwendungen in diesem Browser.`,
    submit: 'Abmelden',
    stay: 'Angemeldet bleiben',
    doneTitle: 'Sie sind abgemeldet',
    done: 'Schließen Sie an einem gemeinsamen Rechner auch das Browserfenster.',
  },
  home: {
    title: 'Das ist der Anmeldedienst',
    text: 'Andere Seiten benutzen ihn. Zum Anmelden öffnen Sie das Portal.',
    open: 'Portal öffnen',
  },
  errors: {
    id: 'Nummer für den Support',
    code: 'Grund',
    retry: 'Gehen Sie zurück zum Portal und melden Sie sich neu an.',
    expired: {
      title: 'Diese Anmeldung ist vorbei',
      text: 'Sie dauerte zu lange, wurde in einem anderen Tab beendet, begann in einem anderen Browser, oder dieser Browser behält keine Cookies.',
    },
    request: {
      title: 'Die Anwendung hat falsch gefragt',
      text: 'Die Seite, die Sie hierher schickte, stellte eine unzulässige Anfrage. Sie haben nichts falsch gemacht; niemand wurde angemeldet.',
    },
    denied: { title: 'Sie wurden nicht angemeldet', text: 'Die Anfrage wurde abgelehnt oder abgebrochen.' },
    forged: {
      title: 'Dieses Formular wurde nicht angenommen',
      text: 'Es kam nicht von dieser Seite, oder die Seite war zu lange offen. Es wurde nichts geändert.',
    },
    not_found: { title: 'Unter dieser Adresse gibt es nichts', text: 'Die Adresse ist vielleicht unvollständig.' },
    too_large: { title: 'Das war zu viel', text: 'Das Formular enthielt mehr, als diese Seite annimmt. Es wurde nichts geändert.' },
    method: { title: 'Das geht hier nicht', text: 'Diese Adresse nimmt eine solche Anfrage nicht an.' },
    internal: {
      title: 'Bei uns ist etwas kaputtgegangen',
      text: 'Es steht in unserem Protokoll unter der Nummer unten. Ein neuer Versuch kann helfen.',
    },
  },
}

export const words: Readonly<Record<Locale, Words>> = { de, en }
