import { Button, Popover } from '@mantine/core'
import { IconLanguage } from '@tabler/icons-react'
import { useWords } from '../../words/language.tsx'
import { sharedWords } from '../../words/shared-words.ts'
import { LookChoice } from './look-choice.tsx'

/** Language and theme for whoever is not signed in. */
export const LookMenu = () => {
  const words = useWords(sharedWords)
  return (
    <Popover width={280} position="bottom-end" trapFocus shadow="sm">
      <Popover.Target>
        <Button variant="subtle" leftSection={<IconLanguage size={22} aria-hidden="true" />}>
          {words.language}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="look-choice">
          <LookChoice />
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
