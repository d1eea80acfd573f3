import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { createEventApplier } from './apply-event.ts'
import { followEvents } from './follow-events.ts'

/** Keeps the pages up to date while somebody is signed in; tells whether the stream is lost. */
export const useLiveEvents = (): { readonly lost: boolean } => {
  const queries = useQueryClient()
  const [lost, setLost] = useState(false)
  useEffect(() => {
    const apply = createEventApplier(queries)
    const events = followEvents((event) => {
      if (event.name === 'lost') setLost(true)
      else setLost(false)
      apply(event)
    })
    return () => events.close()
  }, [queries])
  return { lost }
}
