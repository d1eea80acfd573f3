import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useFormWords } from '../words/form-words.ts'

export interface NumberFieldProps {
  readonly label: string
  readonly hint?: string
  readonly value: number
  readonly least: number
  readonly most: number
  readonly onChange: (value: number) => void
}

/** A whole number within bounds: what is not one is said at the field and changes nothing. */
export const NumberField = ({ label, hint, value, least, most, onChange }: NumberFieldProps) => {
  const words = useFormWords()
  const [text, setText] = useState(String(value))
  const [seen, setSeen] = useState(value)
  if (value !== seen) {
    setSeen(value)
    if (Number(text) !== value) setText(String(value))
  }
  const good = /^\d{1,7}$/u.test(text.trim()) && Number(text) >= least && Number(text) <= most
  return (
    <TextInput
      label={label}
      description={hint}
      inputMode="numeric"
      value={text}
      error={good ? null : words.between(least, most)}
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        if (/^\d{1,7}$/u.test(next.trim()) && Number(next) >= least && Number(next) <= most) onChange(Number(next))
      }}
    />
  )
}
