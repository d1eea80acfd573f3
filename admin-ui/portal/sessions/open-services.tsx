import { Button } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useState } from 'react'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { useLanguage } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'

type Service = Session['services'][number]

export const OpenServices = ({ session }: { readonly session: Session }) => {
  const words = usePortalWords().session
  return (
    <div>
      <h2>{words.services}</h2>
      <ul className="plain-list">
        {session.services.map((service) => (
          <li key={service.name} className="row">
            {session.mine && service.approved && service.kind === 'http' ? (
              <OpenService session={session} service={service} />
            ) : (
              <strong>{service.title}</strong>
            )}
            <span className="quiet">
              {service.approved ? (service.kind === 'http' ? words.streams(service.open_streams) : words.notInBrowser) : words.notApproved}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The bar is of another site, and cannot know what was chosen here. */
const inLanguage = (url: string, language: string): string => {
  const address = new URL(url, location.href)
  address.searchParams.set('lang', language)
  return address.href
}

/** The tab is opened in the click itself, since browsers block it later, and sent to its address when the gateway has made one. */
const OpenService = ({ session, service }: { readonly session: Session; readonly service: Service }) => {
  const words = usePortalWords().session
  const api = useApi()
  const [busy, setBusy] = useState(false)
  const [blocked, setBlocked] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const { language } = useLanguage()
  const open = (bar: boolean): void => {
    const tab = window.open('', '_blank')
    setBlocked(tab === null)
    setError(null)
    if (tab === null) return
    tab.document.title = words.opening
    setBusy(true)
    api
      .open(session.id, service.name, bar)
      .then(({ url }) => {
        // The machine's page must not reach the portal.
        tab.opener = null
        tab.location.replace(bar ? inLanguage(url, language) : url)
      })
      .catch((problem: unknown) => {
        tab.close()
        setError(problem)
      })
      .finally(() => setBusy(false))
  }
  return (
    <div>
      <div className="row">
        <Button
          loading={busy}
          title={words.openHint}
          rightSection={<IconExternalLink size={20} aria-hidden="true" />}
          onClick={() => open(true)}
        >
          {words.open(service.title)}
        </Button>
        <Button
          variant="subtle"
          disabled={busy}
          title={words.openAloneHint}
          aria-label={words.openAlone(service.title)}
          onClick={() => open(false)}
        >
          {words.withoutBar}
        </Button>
      </div>
      {blocked ? <div role="alert">{words.popup}</div> : null}
      <ProblemNote error={error} />
    </div>
  )
}
