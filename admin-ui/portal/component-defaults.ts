import { ActionIcon, NativeSelect, TagsInput, Textarea } from '@mantine/core'
import type { MantineThemeOverride } from '@mantine/core'

const large = { defaultProps: { size: 'lg' } } as const

/** Controls of the portal: nothing to press is smaller than 44 px. */
export const componentDefaults: MantineThemeOverride['components'] = {
  ActionIcon: ActionIcon.extend({ defaultProps: { size: 44, variant: 'subtle' } }),
  Textarea: Textarea.extend({ defaultProps: { size: 'lg', autosize: true, minRows: 3 } }),
  NativeSelect: NativeSelect.extend(large),
  TagsInput: TagsInput.extend(large),
}
