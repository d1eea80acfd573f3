import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

/** Typed text reaches the address when the typing pauses. */
export const SearchField = ({
  label,
  hint,
  value,
  onChange,
}: {
  readonly label: string
  readonly hint: string
  readonly value: string | undefined
  readonly onChange: (text: string) => void
}) => {
  const [text, setText] = useState(value ?? '')
  const [seen, setSeen] = useState(value)
  if (value !== seen) {
    setSeen(value)
    // Somebody else changed the address: *Show all*, or Back.
    if ((value ?? '') !== text.trim()) setText(value ?? '')
  }
  const tell = useDebouncedCallback(onChange, 300)
  return (
    <TextInput
      type="search"
      className="filter-search"
      label={label}
      placeholder={hint}
      leftSection={<IconSearch size={20} aria-hidden="true" />}
      maxLength={100}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        tell(event.currentTarget.value.trim())
      }}
    />
  )
}
