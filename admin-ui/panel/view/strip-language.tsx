import { languageNames, languages, useLanguage } from '../../words/language.tsx'

/** The other language in two letters: the strip has no room for more. Its name is said. */
export const StripLanguage = () => {
  const { language, choose } = useLanguage()
  const next = languages.find((other) => other !== language) ?? language
  return (
    <button type="button" className="tool strip-language" lang={next} onClick={() => choose(next)}>
      <span>
        {next.toUpperCase()}
        <span className="visually-hidden">: {languageNames[next]}</span>
      </span>
    </button>
  )
}
