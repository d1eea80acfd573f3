import { denialTexts } from '../../../gateway/decisions/denial-texts.ts'
import type { DenialText } from '../../../gateway/decisions/denial-texts.ts'
import { IconBan } from '@tabler/icons-react'
import { useLanguage } from '../../words/language.tsx'
import type { Language } from '../../words/language.tsx'

interface Denial {
  readonly code: string
  readonly message: string
}

const isKnown = (code: string): code is keyof typeof denialTexts => Object.hasOwn(denialTexts, code)

/** In English the policy's own sentence, which may name more; elsewhere ours, by its code. */
export const denialText = (denial: Denial, language: Language): DenialText => {
  if (!isKnown(denial.code)) return { reason: denial.message, remedy: '' }
  const text = denialTexts[denial.code][language]
  return language === 'en' && denial.message !== '' ? { ...text, reason: denial.message } : text
}

/** Every reason against it, each with what would remove it. */
export const DenialList = ({ denials }: { readonly denials: readonly Denial[] }) => {
  const { language } = useLanguage()
  return (
    <ul className="denials">
      {denials.map((denial) => {
        const { reason, remedy } = denialText(denial, language)
        return (
          <li key={`${denial.code} ${denial.message}`}>
            <IconBan size={20} aria-hidden="true" />
            <span>
              <strong>{reason}</strong> {remedy}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
