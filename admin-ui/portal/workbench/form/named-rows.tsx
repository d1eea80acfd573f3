import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useFormWords } from '../words/form-words.ts'

export interface NamedRowsProps {
  readonly names: readonly string[]
  /** Where one section has several lists. */
  readonly title?: string
  /** What a name is: product line, site. */
  readonly nameLabel: string
  readonly nameHint: string
  readonly emptyText: string
  readonly renderRow: (name: string) => ReactNode
  readonly onAdd: (name: string) => void
  readonly onRemove: (name: string) => void
}

/** Settings by name: one row for each product line or site, and a field to add one. */
export const NamedRows = ({ names, title, nameLabel, nameHint, emptyText, renderRow, onAdd, onRemove }: NamedRowsProps) => {
  const words = useFormWords()
  const [name, setName] = useState('')
  const wanted = name.trim()
  const taken = names.includes(wanted)
  return (
    <>
      {title === undefined ? null : <h3 className="named-title">{title}</h3>}
      {names.length === 0 ? <p className="quiet">{emptyText}</p> : null}
      <ul className="plain-list named-rows">
        {names.map((one) => (
          <li key={one} className="named-row">
            {title === undefined ? <h3>{one}</h3> : <h4>{one}</h4>}
            <ActionIcon color="danger" aria-label={words.removeRow(one)} title={words.removeRow(one)} onClick={() => onRemove(one)}>
              <IconTrash size={22} aria-hidden="true" />
            </ActionIcon>
            <div className="named-fields">{renderRow(one)}</div>
          </li>
        ))}
      </ul>
      <div className="row bottom">
        <TextInput
          className="grow"
          label={nameLabel}
          description={nameHint}
          value={name}
          maxLength={100}
          error={taken ? words.thereAlready : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          variant="outline"
          leftSection={<IconPlus size={20} aria-hidden="true" />}
          disabled={wanted === '' || taken}
          onClick={() => {
            onAdd(wanted)
            setName('')
          }}
        >
          {words.addRow}
        </Button>
      </div>
    </>
  )
}
