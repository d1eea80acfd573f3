import { Button, Skeleton, Table } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Demo } from '../../../gateway/http-api/contract/walk-through.ts'
import { useLanguage } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { isProblem } from '../api/problem-error.ts'
import { CopyText } from '../parts/copy-text.tsx'
import { signInAddress } from '../parts/go.ts'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** Leads a newcomer through the main job in under three minutes. Only the demo has it. */
export const WalkThroughPage = ({ signedIn }: { readonly signedIn: boolean }) => {
  const words = usePortalWords().walk
  const api = useApi()
  const demo = useQuery({ queryKey: ['demo'], queryFn: () => api.demo(), retry: false })
  const absent = isProblem(demo.error, 'not_found') || (demo.error !== null && !isProblem(demo.error, 'unreachable'))
  return (
    <Page title={words.title}>
      <p className="lead">{absent ? words.absent : words.lead}</p>
      {demo.error !== null && !absent ? <ProblemNote error={demo.error} onRetry={() => void demo.refetch()} /> : null}
      {demo.isPending ? <Skeleton height={480} /> : null}
      {demo.data === undefined ? null : (
        <>
          <Steps signedIn={signedIn} />
          <Accounts accounts={demo.data.accounts} />
          <Panels machines={demo.data.machines} />
        </>
      )}
    </Page>
  )
}

const Steps = ({ signedIn }: { readonly signedIn: boolean }) => {
  const words = usePortalWords().walk
  const links = [
    signedIn ? null : { href: signInAddress('/machines'), word: words.links.signIn },
    { href: '/machines', word: words.links.machines },
    null,
    { href: '/sessions', word: words.links.sessions },
    null,
    { href: '/decisions', word: words.links.decisions },
  ]
  return (
    <ol className="steps">
      {words.steps.map(({ title, text }, index) => {
        const link = links[index] ?? null
        return (
          <li key={title} className="card">
            <h2>{title}</h2>
            <p>{text}</p>
            {link === null ? null : (
              // The steps stay open beside what they lead to.
              <a href={link.href} target="_blank" rel="noopener noreferrer" className="row-link">
                {link.word}
                <span className="visually-hidden"> ({words.newTab})</span>
              </a>
            )}
          </li>
        )
      })}
    </ol>
  )
}

const Accounts = ({ accounts }: { readonly accounts: Demo['accounts'] }) => {
  const words = usePortalWords().walk
  const { language } = useLanguage()
  return (
    <section aria-labelledby="accounts">
      <h2 id="accounts">{words.accounts}</h2>
      <Table className="stacking">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.role}</Table.Th>
            <Table.Th>{words.username}</Table.Th>
            <Table.Th>{words.password}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {accounts.map((account) => (
            <Table.Tr key={account.username}>
              <Table.Td data-label={words.role}>
                <strong>{account.name}</strong>
                <div className="quiet">{account.note[language]}</div>
              </Table.Td>
              <Table.Td data-label={words.username} className="mono">
                {account.username}
              </Table.Td>
              <Table.Td data-label={words.password}>
                <div className="row">
                  <span className="mono">{account.password}</span>
                  <CopyText text={account.password} label={words.copyPassword(account.name)} />
                </div>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

const Panels = ({ machines }: { readonly machines: Demo['machines'] }) => {
  const words = usePortalWords().walk
  return (
    <section aria-labelledby="panels">
      <h2 id="panels">{words.panels}</h2>
      <ul className="plain-list">
        {machines.map((machine) => (
          <li key={machine.id}>
            <Button
              component="a"
              href={machine.panel}
              target="_blank"
              rel="noopener noreferrer"
              variant="outline"
              rightSection={<IconExternalLink size={20} aria-hidden="true" />}
            >
              {words.openPanel(machine.name)}
              <span className="visually-hidden"> ({words.newTab})</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
