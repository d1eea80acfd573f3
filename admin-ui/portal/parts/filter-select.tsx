import { NativeSelect } from '@mantine/core'
import { usePortalWords } from '../words/portal-words.ts'

export interface FilterSelectProps {
  readonly label: string
  readonly value: string | undefined
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
}

export const FilterSelect = ({ label, value, options, onChange }: FilterSelectProps) => {
  const words = usePortalWords()
  const shown = value === undefined || options.some((option) => option.value === value) ? options : [...options, { value, label: value }]
  return (
    <NativeSelect
      label={label}
      value={value ?? ''}
      data={[{ value: '', label: words.all }, ...shown]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
