import { Button, FileButton } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Person } from '../../../gateway/http-api/contract/administration.ts'
import { PersonPhoto } from '../../look/person-photo.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { shrinkPhoto } from './shrink-photo.ts'

/** The photo that operators see; any picture is made small here, before it is sent. */
export const PhotoField = ({ person, readOnly }: { readonly person: Person; readonly readOnly: boolean }) => {
  const words = usePortalWords().people
  const api = useApi()
  const queries = useQueryClient()
  const [unreadable, setUnreadable] = useState(false)
  const [sent, setSent] = useState<string | null>(null)
  const change = useMutation({
    mutationFn: (photo: Blob | null) => (photo === null ? api.deletePhoto(person.id) : api.putPhoto(person.id, photo)),
    onSuccess: (_, photo) => {
      setSent(photo === null ? null : URL.createObjectURL(photo))
      void queries.invalidateQueries({ queryKey: ['people'] })
    },
  })
  const choose = (file: File | null): void => {
    if (file === null) return
    setUnreadable(false)
    shrinkPhoto(file).then(
      (photo) => change.mutate(photo),
      () => setUnreadable(true),
    )
  }
  return (
    <div className="stack">
      <div className="row">
        <PersonPhoto name={person.name} photo={sent ?? person.photo_url} size={96} alt={words.photo} />
        {readOnly ? null : (
          <>
            <FileButton accept="image/*" onChange={choose} inputProps={{ 'aria-label': words.choosePhoto, tabIndex: -1 }}>
              {(props) => (
                <Button {...props} variant="outline" loading={change.isPending}>
                  {words.choosePhoto}
                </Button>
              )}
            </FileButton>
            {person.photo_url === null ? null : (
              <Button variant="subtle" color="danger" px="xs" disabled={change.isPending} onClick={() => change.mutate(null)}>
                {words.removePhoto}
              </Button>
            )}
          </>
        )}
      </div>
      {readOnly ? null : <div className="quiet">{words.photoHint}</div>}
      {unreadable ? (
        <div role="alert" className="danger">
          {words.photoTooHard}
        </div>
      ) : null}
      <ProblemNote error={change.error} />
    </div>
  )
}
