import { Table } from '@mantine/core'
import { Link } from 'wouter'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { useWords } from '../../words/language.tsx'
import { ContactBadge } from '../parts/contact-badge.tsx'
import { LastContact } from '../parts/last-contact.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { renewalWords } from '../words/renewal-words.ts'
import { DeviceBadge } from './device-badge.tsx'

export const DevicesTable = ({ devices }: { readonly devices: readonly Device[] }) => {
  const words = usePortalWords()
  const renewal = useWords(renewalWords)
  return (
    <Table className="stacking" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.devices.name}</Table.Th>
          <Table.Th>{words.devices.customer}</Table.Th>
          <Table.Th>{words.devices.region}</Table.Th>
          <Table.Th>{words.devices.status}</Table.Th>
          <Table.Th>{words.machines.reachability}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {devices.map((device) => (
          <Table.Tr key={device.id}>
            <Table.Td data-label={words.devices.name}>
              <Link href={`/devices/${encodeURIComponent(device.id)}${location.search}`} className="row-title">
                {device.name}
              </Link>
              <div className="quiet mono">{device.id}</div>
            </Table.Td>
            <Table.Td data-label={words.devices.customer}>
              {device.organisation.name}
              <div className="quiet">{device.site}</div>
            </Table.Td>
            <Table.Td data-label={words.devices.region}>
              {device.region}
              <div className="quiet">{device.product_line}</div>
            </Table.Td>
            <Table.Td data-label={words.devices.status}>
              <DeviceBadge status={device.status} />
              {(device.late_renewal?.waiting ?? null) === null ? null : <div className="danger">{renewal.inList}</div>}
              {device.enrolment === 'locked' ? <div className="danger">{words.devices.enrolments.locked}</div> : null}
            </Table.Td>
            <Table.Td data-label={words.machines.reachability}>
              <ContactBadge machine={device} />
              <div className="quiet">
                <LastContact online={device.online} seenAt={device.last_seen_at} />
              </div>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
