import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { EnrolmentNote } from './enrolment-note.tsx'

/** A new one-time password: for a locked enrolment, a lost password, or a machine that gets a new computer. */
export const ReopenEnrolment = ({ device }: { readonly device: Device }) => {
  const words = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const reopen = useMutation({
    mutationFn: () => api.openEnrolment(device.id),
    onSuccess: () => {
      setAsking(false)
      void queries.invalidateQueries({ queryKey: ['device', device.id] })
    },
  })
  return (
    <>
      {reopen.data === undefined ? null : (
        <EnrolmentNote device={device} password={reopen.data.enrolment_password} gateway={reopen.data.gateway} />
      )}
      <div>
        <Button variant="outline" onClick={() => setAsking(true)}>
          {words.devices.reopen}
        </Button>
      </div>
      <Dialog opened={asking} onClose={() => setAsking(false)} title={words.devices.reopenTitle(device.name)} closeLabel={words.close}>
        <p>{words.devices.reopenText}</p>
        <ProblemNote error={reopen.error} />
        <div className="row">
          <Button variant="outline" onClick={() => setAsking(false)}>
            {words.cancel}
          </Button>
          <Button loading={reopen.isPending} onClick={() => reopen.mutate()}>
            {words.devices.reopen}
          </Button>
        </div>
      </Dialog>
    </>
  )
}
