import { useWords } from '../../words/language.tsx'
import type { Dictionary } from '../../words/language.tsx'

const en = {
  title: 'Allow the command line',
  lead: (name: string) => `A command line on this computer wants to see machines and open connections as ${name}.`,
  only: 'Allow it only if you have just run “sallyport login” on this computer yourself.',
  until: 'It is signed out with you, at the latest when this sign-in ends. The operator at a machine still has to let you in each time.',
  allow: 'Allow',
  refuse: 'Do not allow',
  invalid: 'This address is not complete. Run “sallyport login” again and open the address that it prints.',
}

const de: typeof en = {
  title: 'Kommandozeile zulassen',
  lead: (name) => `Eine Kommandozeile auf diesem Rechner will als ${name} Maschinen sehen und Verbindungen öffnen.`,
  only: 'Lassen Sie das nur zu, wenn Sie gerade selbst auf diesem Rechner „sallyport login“ gestartet haben.',
  until:
    'Sie wird mit Ihnen abgemeldet, spätestens am Ende dieser Anmeldung. An der Maschine muss Sie weiterhin jedes Mal der Bediener einlassen.',
  allow: 'Zulassen',
  refuse: 'Nicht zulassen',
  invalid: 'Diese Adresse ist unvollständig. Starten Sie „sallyport login“ neu und öffnen Sie die Adresse, die dort erscheint.',
}

const words: Dictionary<typeof en> = { en, de }

export const useCommandLineWords = (): typeof en => useWords(words)
