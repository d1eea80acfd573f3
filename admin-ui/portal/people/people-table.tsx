import { useTick } from '../../look/use-tick.ts'
import { Table } from '@mantine/core'
import { Link } from 'wouter'
import type { Person } from '../../../gateway/http-api/contract/administration.ts'
import { PersonPhoto } from '../../look/person-photo.tsx'
import { StateBadge } from '../../look/state-badge.tsx'
import { usePortalWords } from '../words/portal-words.ts'

export const PeopleTable = ({ people }: { readonly people: readonly Person[] }) => {
  const words = usePortalWords().people
  const none = usePortalWords().none
  return (
    <Table className="stacking" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.name}</Table.Th>
          <Table.Th>{words.roles}</Table.Th>
          <Table.Th>{words.regions}</Table.Th>
          <Table.Th>{words.trainings}</Table.Th>
          <Table.Th>{words.status}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {people.map((person) => (
          <Table.Tr key={person.id}>
            <Table.Td data-label={words.name}>
              <div className="row tight">
                <PersonPhoto name={person.name} photo={person.photo_url} size={44} />
                <div>
                  <Link href={`/people/${person.id}${location.search}`} className="row-title">
                    {person.name}
                  </Link>
                  <div className="quiet mono">{person.username}</div>
                </div>
              </div>
            </Table.Td>
            <Table.Td data-label={words.roles}>{person.roles.map((role) => words.roleNames[role]).join(', ')}</Table.Td>
            <Table.Td data-label={words.regions}>
              {person.regions.length === 0 ? <span className="quiet">{none}</span> : person.regions.join(', ')}
            </Table.Td>
            <Table.Td data-label={words.trainings}>
              <Trainings trainings={person.trainings} />
            </Table.Td>
            <Table.Td data-label={words.status}>
              <StateBadge
                look={person.status === 'active' ? 'good' : 'bad'}
                word={person.status === 'active' ? words.active : words.disabled}
              />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

const Trainings = ({ trainings }: { readonly trainings: Person['trainings'] }) => {
  const words = usePortalWords()
  const nowS = useTick(60_000) / 1000
  if (trainings.length === 0) return <span className="quiet">{words.none}</span>
  return trainings.map((training) => (
    <div key={`${training.product_line} ${training.level}`}>
      {training.product_line} {training.level}
      {training.valid_until < nowS ? <span className="danger"> ({words.people.expired})</span> : null}
    </div>
  ))
}
