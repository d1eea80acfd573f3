import { NativeSelect, useMantineColorScheme } from '@mantine/core'
import type { MantineColorScheme } from '@mantine/core'
import { languageNames, languages, useLanguage, useWords } from '../../words/language.tsx'
import type { Language } from '../../words/language.tsx'
import { sharedWords } from '../../words/shared-words.ts'

const schemes: readonly MantineColorScheme[] = ['auto', 'light', 'dark']

/** Language and theme, kept for this browser. */
export const LookChoice = () => {
  const words = useWords(sharedWords)
  const { language, choose } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <NativeSelect
        label={words.language}
        value={language}
        data={languages.map((value) => ({ value, label: languageNames[value] }))}
        onChange={(event) => choose(event.currentTarget.value as Language)}
      />
      <NativeSelect
        label={words.theme}
        value={colorScheme}
        data={schemes.map((value) => ({ value, label: words.themes[value] }))}
        onChange={(event) => setColorScheme(event.currentTarget.value as MantineColorScheme)}
      />
    </>
  )
}
