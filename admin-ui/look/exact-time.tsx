import { Tooltip } from '@mantine/core'
import { formatExact, formatRelative } from '../words/format.ts'
import { useLanguage } from '../words/language.tsx'
import { useTick } from './use-tick.ts'

/** A time as people say it; the exact local and UTC time on focus, hover and touch. */
export const ExactTime = ({ at, text }: { readonly at: number; readonly text?: string }) => {
  const { language } = useLanguage()
  const now = useTick(20_000)
  return (
    <Tooltip label={formatExact(language, at)} events={{ hover: true, focus: true, touch: true }} multiline maw={340}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- focus is the only way to the exact time without a pointer */}
      <time tabIndex={0} dateTime={new Date(at).toISOString()}>
        {text ?? formatRelative(language, at, now)}
      </time>
    </Tooltip>
  )
}
