import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useLocation } from 'wouter'
import { useApi } from '../api/api-context.tsx'
import { FilterSelect } from '../parts/filter-select.tsx'
import { ListFrame } from '../parts/list-frame.tsx'
import { useMe } from '../parts/me-context.tsx'
import { Page } from '../parts/page.tsx'
import { canAdminister } from '../parts/roles.ts'
import { SearchField } from '../parts/search-field.tsx'
import { SideDrawer } from '../parts/side-drawer.tsx'
import { useFilters } from '../parts/use-filters.ts'
import { usePages } from '../parts/use-pages.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { DeviceDrawer } from './device-drawer.tsx'
import { DevicesTable } from './devices-table.tsx'
import { NewDeviceForm } from './new-device-form.tsx'

const filterNames = ['search', 'region', 'status'] as const

/** `open` is the id of the device in the drawer, or null; `adding` shows the form of a new one. */
export const DevicesPage = ({ open, adding }: { readonly open: string | null; readonly adding: boolean }) => {
  const words = usePortalWords()
  const api = useApi()
  const me = useMe()
  const [, navigate] = useLocation()
  const { filters, set, clear, any } = useFilters(filterNames)
  const { query, items, known } = usePages('devices', filters, (page) => api.devices(page))
  const close = (): void => navigate(`/devices${location.search}`)
  return (
    <Page
      title={words.devices.title}
      actions={
        canAdminister(me) ? (
          <Button component={Link} href={`/new-device${location.search}`} leftSection={<IconPlus size={20} aria-hidden="true" />}>
            {words.devices.new}
          </Button>
        ) : null
      }
    >
      <div className="filters" role="search">
        <SearchField
          label={words.devices.searchLabel}
          hint={words.devices.searchHint}
          value={filters.search}
          onChange={(text) => set('search', text)}
        />
        <FilterSelect
          label={words.devices.region}
          value={filters.region}
          options={known(({ region }) => ({ value: region, label: region }))}
          onChange={(value) => set('region', value)}
        />
        <FilterSelect
          label={words.devices.status}
          value={filters.status}
          options={Object.entries(words.devices.statuses).map(([value, label]) => ({ value, label }))}
          onChange={(value) => set('status', value)}
        />
      </div>
      <ListFrame
        query={query}
        count={items.length}
        empty={
          <>
            <p>{any ? words.devices.emptyFiltered : words.devices.empty}</p>
            {any ? (
              <Button variant="outline" onClick={clear}>
                {words.clearFilters}
              </Button>
            ) : null}
          </>
        }
      >
        <DevicesTable devices={items} />
      </ListFrame>
      <SideDrawer opened={adding && canAdminister(me)} title={words.devices.new} onClose={close}>
        <NewDeviceForm />
      </SideDrawer>
      <DeviceDrawer id={open} onClose={close} />
    </Page>
  )
}
