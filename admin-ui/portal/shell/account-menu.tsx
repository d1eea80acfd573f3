import { Button, Popover } from '@mantine/core'
import { IconChevronDown, IconLogout } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Me } from '../../../gateway/http-api/contract/me.ts'
import { PersonPhoto } from '../../look/person-photo.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { forgetUnsavedTexts } from '../workbench/drafts/unsaved-texts.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { LookChoice } from './look-choice.tsx'

/** Who is signed in, language, theme, the undertaking, and the way out. */
export const AccountMenu = ({ me }: { readonly me: Me }) => {
  const words = usePortalWords()
  const api = useApi()
  const [open, setOpen] = useState(false)
  const signOut = useMutation({
    mutationFn: () => api.signOut(),
    onSuccess({ redirect }) {
      forgetUnsavedTexts(localStorage)
      location.assign(redirect)
    },
  })
  return (
    <Popover width={300} position="bottom-end" trapFocus shadow="sm" opened={open} onChange={setOpen}>
      <Popover.Target>
        <Button
          variant="subtle"
          className="account"
          aria-label={words.account.menu(me.name)}
          leftSection={<PersonPhoto name={me.name} photo={me.photo_url} size={36} />}
          rightSection={<IconChevronDown size={18} aria-hidden="true" />}
          onClick={() => setOpen(!open)}
        >
          <span className="account-name">{me.name}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="look-choice">
          <div>
            <strong>{me.name}</strong>
            <div className="quiet">
              {me.username}, {me.organisation.name}
            </div>
            <div className="quiet">{me.roles.map((role) => words.people.roleNames[role]).join(', ')}</div>
          </div>
          <LookChoice />
          <Link href="/undertaking" className="menu-link" onClick={() => setOpen(false)}>
            {words.account.undertaking}
          </Link>
          <ProblemNote error={signOut.error} />
          <Button
            variant="outline"
            leftSection={<IconLogout size={20} aria-hidden="true" />}
            loading={signOut.isPending}
            onClick={() => signOut.mutate()}
          >
            {words.account.signOut}
          </Button>
          <div className="quiet">{words.account.signOutEnds}</div>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
