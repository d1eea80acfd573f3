import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useFormWords } from '../words/form-words.ts'

export interface ClockFieldProps {
  readonly label: string
  /** `07:30`; `24:00` is the end of the day. */
  readonly value: string
  /** What is wrong with it although it is a time. */
  readonly problem?: string | null
  readonly onChange: (value: string) => void
}

const isClock = (text: string): boolean => /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/u.test(text)

/** A time of the day: what is not one is said at the field and changes nothing. */
export const ClockField = ({ label, value, problem = null, onChange }: ClockFieldProps) => {
  const words = useFormWords()
  const [text, setText] = useState(value)
  const [seen, setSeen] = useState(value)
  if (value !== seen) {
    setSeen(value)
    setText(value)
  }
  return (
    <TextInput
      label={label}
      value={text}
      maxLength={5}
      placeholder="07:30"
      error={isClock(text.trim()) ? problem : words.hours.badClock}
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        if (isClock(next.trim())) onChange(next.trim())
      }}
    />
  )
}
