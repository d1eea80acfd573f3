import { Autocomplete } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PolicyTarget } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { usePolicyApi } from '../use-policy-api.ts'

export interface Named {
  readonly id: string
  readonly name: string
}

export interface NameChoiceProps {
  readonly label: string
  readonly kind: 'people' | 'machines'
  readonly target: PolicyTarget
  readonly value: Named | null
  readonly onChange: (value: Named | null) => void
}

/** Names are offered from the matrix, which whoever works on the policy may read, though not everybody's records. */
export const NameChoice = ({ label, kind, target, value, onChange }: NameChoiceProps) => {
  const api = usePolicyApi()
  const [text, setText] = useState(value?.name ?? '')
  const [search] = useDebouncedValue(text.trim(), 250)
  const names = useQuery({
    queryKey: ['matrix-names', kind, target, search],
    queryFn: async () => {
      const other = kind === 'people' ? 'machines' : 'people'
      const page = await api.matrix({
        target,
        action: 'view',
        ...(search === '' ? {} : { [kind]: { search } }),
        limit: { people: 1, machines: 1, [kind]: 30, [other]: 1 },
      })
      return page[kind]
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const offered = names.data ?? []
  return (
    <Autocomplete
      size="lg"
      label={label}
      value={text}
      data={[...new Set(offered.map(labelOf))]}
      limit={30}
      onChange={(next) => {
        setText(next)
        onChange(offered.find((one) => labelOf(one) === next) ?? null)
      }}
    />
  )
}

/** Machines carry names that people give; the id tells two of one name apart. */
const labelOf = ({ id, name }: Named): string => (id.startsWith('per_') ? name : `${name} (${id})`)
