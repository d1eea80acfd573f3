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
import { NewPersonForm } from './new-person-form.tsx'
import { PeopleTable } from './people-table.tsx'
import { PersonDrawer } from './person-drawer.tsx'

const filterNames = ['search', 'role', 'status'] as const

/** Who may do what. `open` is the id of the person in the drawer, `new`, or null. */
export const PeoplePage = ({ open }: { readonly open: string | null }) => {
  const words = usePortalWords()
  const api = useApi()
  const me = useMe()
  const [, navigate] = useLocation()
  const { filters, set, clear, any } = useFilters(filterNames)
  const { query, items } = usePages('people', filters, (page) => api.people(page))
  const close = (): void => navigate(`/people${location.search}`)
  const { roleNames } = words.people
  return (
    <Page
      title={words.people.title}
      actions={
        canAdminister(me) ? (
          <Button component={Link} href={`/people/new${location.search}`} leftSection={<IconPlus size={20} aria-hidden="true" />}>
            {words.people.new}
          </Button>
        ) : null
      }
    >
      <div className="filters" role="search">
        <SearchField
          label={words.people.searchLabel}
          hint={words.people.searchHint}
          value={filters.search}
          onChange={(text) => set('search', text)}
        />
        <FilterSelect
          label={words.people.role}
          value={filters.role}
          options={Object.entries(roleNames).map(([value, label]) => ({ value, label }))}
          onChange={(value) => set('role', value)}
        />
        <FilterSelect
          label={words.people.status}
          value={filters.status}
          options={[
            { value: 'active', label: words.people.active },
            { value: 'disabled', label: words.people.disabled },
          ]}
          onChange={(value) => set('status', value)}
        />
      </div>
      <ListFrame
        query={query}
        count={items.length}
        empty={
          <>
            <p>{any ? words.people.emptyFiltered : words.people.empty}</p>
            {any ? (
              <Button variant="outline" onClick={clear}>
                {words.clearFilters}
              </Button>
            ) : null}
          </>
        }
      >
        <PeopleTable people={items} />
      </ListFrame>
      <SideDrawer opened={open === 'new' && canAdminister(me)} title={words.people.new} onClose={close}>
        <NewPersonForm />
      </SideDrawer>
      <PersonDrawer id={open === 'new' ? null : open} onClose={close} />
    </Page>
  )
}
