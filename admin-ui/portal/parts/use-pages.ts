import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type { InfiniteData } from '@tanstack/react-query'
import type { Query } from '../api/create-api.ts'

interface PageOf<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

interface Choice {
  readonly value: string
  readonly label: string
}

/** A paged list of the API: its name (or the names that lead to it) and the filters are its key, so that events can mark it as out of date. */
export const usePages = <Item, Answer extends PageOf<Item> = PageOf<Item>>(
  name: string | readonly string[],
  filters: Query,
  read: (query: Query) => Promise<Answer & PageOf<Item>>,
) => {
  const queries = useQueryClient()
  const names = typeof name === 'string' ? [name] : name
  const query = useInfiniteQuery({
    queryKey: [...names, filters],
    queryFn: ({ pageParam }) => read({ ...filters, ...(pageParam === null ? {} : { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // Names that are not shown any more do not stay until the next answer is there.
    placeholderData: (previous, before) => (personalOf(before?.queryKey.at(-1)) === personalOf(filters) ? previous : undefined),
  })
  /** What every list of this name has shown so far: the choices of a filter do not shrink because it is set. */
  const known = (choiceOf: (item: Item) => Choice): Choice[] => {
    const lists = queries.getQueriesData<InfiniteData<PageOf<Item>>>({ queryKey: names, predicate: ({ state }) => isPaged(state.data) })
    const items = lists.flatMap(([, data]) => data?.pages.flatMap((page) => page.items) ?? [])
    const choices = new Map(items.map(choiceOf).map((choice) => [choice.value, choice]))
    return [...choices.values()].toSorted((a, b) => a.label.localeCompare(b.label))
  }
  return { query, items: query.data?.pages.flatMap((page) => page.items) ?? [], known }
}

/** A single record is kept under the name of its list too. */
const isPaged = (data: unknown): boolean => typeof data === 'object' && data !== null && 'pages' in data

const personalOf = (filters: unknown): unknown => (filters as Query | undefined)?.['personal']
