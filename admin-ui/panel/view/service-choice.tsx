import { sharedWords } from '../../words/shared-words.ts'
import { useWords } from '../../words/language.tsx'

export interface ServiceChoiceProps {
  readonly services: readonly { readonly name: string; readonly title: string }[]
  readonly chosen: readonly string[]
  readonly onChange: (names: readonly string[]) => void
}

/** Services that were asked for; the operator may leave some out. */
export const ServiceChoice = ({ services, chosen, onChange }: ServiceChoiceProps) => {
  const words = useWords(sharedWords)
  return (
    <fieldset className="choice">
      <legend>{words.request.services}</legend>
      <div className="choice-items">
        {services.map(({ name, title }) => (
          <label key={name} className="choice-item">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, name] : chosen.filter((other) => other !== name))}
            />
            <span>{title}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
