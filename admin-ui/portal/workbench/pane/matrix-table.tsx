import { IconArrowDownRight, IconArrowUpRight, IconAdjustments } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { MatrixCell, MatrixPage } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { useSimulationWords } from '../words/simulation-words.ts'
import type { ChosenCell } from './cell-answer.tsx'

/** The farthest that a person gets on a machine. */
const reachOf = ({ see, ask, open }: Pick<MatrixCell, 'see' | 'ask' | 'open'>): 'open' | 'ask' | 'see' | 'none' =>
  open ? 'open' : ask ? 'ask' : see ? 'see' : 'none'

const changeIcons: Readonly<Record<NonNullable<MatrixCell['changed']>, ReactNode>> = {
  wider: <IconArrowUpRight size={18} aria-hidden="true" />,
  narrower: <IconArrowDownRight size={18} aria-hidden="true" />,
  limits: <IconAdjustments size={18} aria-hidden="true" />,
}

export interface MatrixTableProps {
  readonly page: MatrixPage
  readonly onlyChanged: boolean
  readonly onChoose: (cell: ChosenCell) => void
}

/** One page of the matrix. Every cell says how far that person gets there and opens to why; what differs is marked by sign, word and colour. */
export const MatrixTable = ({ page: { people, machines, cells }, onlyChanged, onChoose }: MatrixTableProps) => {
  const words = useSimulationWords()
  const rows = people
    .map((person, row) => ({ person, cells: cells[row] ?? [] }))
    .filter((row) => !onlyChanged || row.cells.some(({ changed }) => changed !== null))
  if (rows.length === 0 || machines.length === 0) return <p className="quiet">{onlyChanged ? words.noDifference : words.matrixEmpty}</p>
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a wide table that scrolls must be reachable without a pointer
    <div className="matrix-scroll" tabIndex={0} role="region" aria-label={words.matrixIntro}>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">{words.person}</th>
            {machines.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ person, cells: row }) => (
            <tr key={person.id}>
              <th scope="row">{person.name}</th>
              {machines.map((machine, column) => {
                const cell = row[column]
                return cell === undefined ? (
                  <td key={machine.id}>–</td>
                ) : (
                  <td key={machine.id} data-reach={reachOf(cell)} data-change={cell.changed ?? undefined}>
                    <button type="button" className="matrix-cell" onClick={() => onChoose({ person, machine })}>
                      <span className="visually-hidden">{labelOf(person.name, machine.name, cell, words)}</span>
                      <span aria-hidden="true">{words.cell[reachOf(cell)]}</span>
                      {cell.changed === null ? null : (
                        <span className="change-word" data-change={cell.changed} aria-hidden="true">
                          {changeIcons[cell.changed]}
                          {words.changeShort[cell.changed]}
                        </span>
                      )}
                    </button>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const labelOf = (person: string, machine: string, cell: MatrixCell, words: ReturnType<typeof useSimulationWords>): string =>
  `${words.whyTitle(person, machine)}: ${words.cellLong[reachOf(cell)]}${cell.changed === null ? '' : `, ${words.changes[cell.changed]}`}`
