import { createContext, useCallback, useContext, useLayoutEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

export const languageNames: Record<Language, string> = { en: 'English', de: 'Deutsch' }

/** A dictionary is complete by its type: every language has the same shape. */
export type Dictionary<Words> = Readonly<Record<Language, Words>>

interface LanguageChoice {
  readonly language: Language
  readonly choose: (language: Language) => void
}

const storageKey = 'sallyport.language'
const Context = createContext<LanguageChoice | null>(null)

const known = (text: string | null | undefined): Language | undefined =>
  languages.find((language) => text?.toLowerCase().startsWith(language))

const firstLanguage = (): Language =>
  known(localStorage.getItem(storageKey)) ?? navigator.languages.map((text) => known(text)).find((found) => found !== undefined) ?? 'en'

/** Language of the browser unless somebody chose another one here; `lang` of the page follows. */
export const LanguageProvider = ({ children }: { readonly children: ReactNode }) => {
  const [language, setLanguage] = useState(firstLanguage)
  const choose = useCallback((next: Language) => {
    localStorage.setItem(storageKey, next)
    setLanguage(next)
  }, [])
  useLayoutEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const value = useMemo(() => ({ language, choose }), [language, choose])
  return <Context.Provider value={value}>{children}</Context.Provider>
}

export const useLanguage = (): LanguageChoice => {
  const choice = useContext(Context)
  if (choice === null) throw new Error('LanguageProvider is missing around this page')
  return choice
}

export const useWords = <Words,>(dictionary: Dictionary<Words>): Words => dictionary[useLanguage().language]
