import { Button } from '@mantine/core'
import { useApi } from '../api/api-context.tsx'
import { FilterSelect } from '../parts/filter-select.tsx'
import { ListFrame } from '../parts/list-frame.tsx'
import { Page } from '../parts/page.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useFilters } from '../parts/use-filters.ts'
import { usePages } from '../parts/use-pages.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { HelpCalls } from './help-calls.tsx'
import { MachineRow } from './machine-row.tsx'

const filterNames = ['search', 'region', 'product_line', 'online'] as const

/** Which of mine need me, which can I reach. */
export const MachinesPage = () => {
  const words = usePortalWords()
  const api = useApi()
  const { filters, set, clear, any } = useFilters(filterNames)
  const { query, items, known } = usePages('machines', filters, (page) => api.machines(page))
  return (
    <Page title={words.machines.title}>
      <HelpCalls />
      <div className="filters" role="search">
        <SearchField
          label={words.machines.searchLabel}
          hint={words.machines.searchHint}
          value={filters.search}
          onChange={(text) => set('search', text)}
        />
        <FilterSelect
          label={words.machines.region}
          value={filters.region}
          options={known(({ region }) => ({ value: region, label: region }))}
          onChange={(value) => set('region', value)}
        />
        <FilterSelect
          label={words.machines.productLine}
          value={filters.product_line}
          options={known(({ product_line: line }) => ({ value: line, label: line }))}
          onChange={(value) => set('product_line', value)}
        />
        <FilterSelect
          label={words.machines.reachability}
          value={filters.online}
          options={[
            { value: 'true', label: words.machines.online },
            { value: 'false', label: words.machines.offline },
          ]}
          onChange={(value) => set('online', value)}
        />
      </div>
      <ListFrame
        query={query}
        count={items.length}
        empty={
          any ? (
            <>
              <p>{words.machines.emptyFiltered}</p>
              <Button variant="outline" onClick={clear}>
                {words.clearFilters}
              </Button>
            </>
          ) : (
            <p>{words.machines.empty}</p>
          )
        }
      >
        <ul className="rows" aria-label={words.machines.list}>
          {items.map((machine) => (
            <MachineRow key={machine.id} machine={machine} />
          ))}
        </ul>
      </ListFrame>
    </Page>
  )
}
