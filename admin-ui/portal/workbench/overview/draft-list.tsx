import { Button, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Dialog } from '../../../look/dialog.tsx'
import { useTick } from '../../../look/use-tick.ts'
import { formatRelative } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ListFrame } from '../../parts/list-frame.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { usePortalWords } from '../../words/portal-words.ts'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { usePolicyWords } from '../words/policy-words.ts'

/** What is being worked on. */
export const DraftList = () => {
  const words = usePolicyWords()
  const { language } = useLanguage()
  const now = useTick(20_000)
  const me = useMe()
  const api = usePolicyApi()
  const [adding, setAdding] = useState(false)
  const drafts = useQuery({ queryKey: ['policy', 'drafts'], queryFn: () => api.drafts() })
  const editable = canEditPolicy(me)
  const items = drafts.data?.items ?? []
  return (
    <section aria-label={words.parts.drafts}>
      {editable ? (
        <div className="row list-acts">
          <Button leftSection={<IconPlus size={20} aria-hidden="true" />} onClick={() => setAdding(true)}>
            {words.newDraft}
          </Button>
        </div>
      ) : null}
      <ListFrame query={drafts} count={items.length} empty={<p>{editable ? words.draftsEmpty : words.draftsEmptyReader}</p>}>
        <ul className="rows" aria-label={words.parts.drafts}>
          {items.map((draft) => (
            <li key={draft.id} className="card row-draft">
              <Link href={`/policy/drafts/${draft.id}`} className="row-title">
                {draft.name}
              </Link>
              <span className="quiet">{words.changedBy(draft.changed_by.name, formatRelative(language, draft.changed_ms, now))}</span>
              <span className="quiet">{words.filesCount(draft.files)}</span>
            </li>
          ))}
        </ul>
      </ListFrame>
      {adding ? <NewDraftDialog onClose={() => setAdding(false)} /> : null}
    </section>
  )
}

const NewDraftDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const words = usePolicyWords()
  const { close } = usePortalWords()
  const api = usePolicyApi()
  const [, navigate] = useLocation()
  const [name, setName] = useState('')
  const begin = useMutation({ mutationFn: () => api.newDraft(name.trim()), onSuccess: ({ id }) => navigate(`/policy/drafts/${id}`) })
  return (
    <Dialog opened title={words.newDraft} closeLabel={close} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== '') begin.mutate()
        }}
      >
        <TextInput
          data-autofocus
          label={words.draftName}
          description={words.draftNameHint}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PolicyProblem error={begin.error} />
        <Button type="submit" disabled={name.trim() === ''} loading={begin.isPending}>
          {words.createDraft}
        </Button>
      </form>
    </Dialog>
  )
}
