import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { usePortalWords } from '../words/portal-words.ts'

/** Copies `text`; says so on the button for a moment. */
export const CopyText = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const words = usePortalWords()
  const { copied, copy } = useClipboard({ timeout: 2_000 })
  return (
    <Button
      variant="outline"
      leftSection={copied ? <IconCheck size={20} aria-hidden="true" /> : <IconCopy size={20} aria-hidden="true" />}
      onClick={() => copy(text)}
    >
      <span aria-live="polite">{copied ? words.copied : label}</span>
    </Button>
  )
}
