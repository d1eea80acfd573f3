import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import type { Query } from '../api/create-api.ts'

interface PageOf<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/** A paged list of the API: `name` and the filters are its key, so that events can mark it as out of date. */
export const usePages = <Item>(name: string, filters: Query, read: (query: Query) => Promise<PageOf<Item>>) => {
  const query = useInfiniteQuery({
    queryKey: [name, filters],
    queryFn: ({ pageParam }) => read({ ...filters, ...(pageParam === null ? {} : { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  })
  return { query, items: query.data?.pages.flatMap((page) => page.items) ?? [] }
}
