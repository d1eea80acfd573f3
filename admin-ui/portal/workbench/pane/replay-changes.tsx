import { Checkbox, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { Replay, ReplayChange } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatNumber } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ListFrame } from '../../parts/list-frame.tsx'
import { usePages } from '../../parts/use-pages.ts'
import { usePortalWords } from '../../words/portal-words.ts'
import { personOf } from '../parts/person-of.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { useSimulationWords } from '../words/simulation-words.ts'
import { ReplayChangeDrawer } from './replay-change.tsx'

const kinds = ['newly_allowed', 'newly_denied', 'changed_limits', 'errors'] as const
const groupings = ['rule', 'person', 'machine'] as const
type Grouping = (typeof groupings)[number]

const looks = { newly_allowed: 'waiting', newly_denied: 'bad', changed_limits: 'approved', errors: 'bad' } as const

/** What a replay changed: in groups by rule, person or machine, and one by one. */
export const ReplayChanges = ({ replay }: { readonly replay: Replay }) => {
  const words = useSimulationWords()
  const { language } = useLanguage()
  const api = usePolicyApi()
  const [grouping, setGrouping] = useState<Grouping>('rule')
  const [group, setGroup] = useState<string | null>(null)
  const [kind, setKind] = useState('')
  const [open, setOpen] = useState<ReplayChange | null>(null)
  const [shown, setShown] = useState(false)
  const personal = shown ? 'shown' : 'hidden'
  const { hiddenPerson, ...log } = usePortalWords().decisions
  const filters = { replay: replay.id, personal, ...(kind === '' ? {} : { kind }), ...(group === null ? {} : { [grouping]: group }) }
  const { query, items } = usePages('replay-changes', filters, ({ replay: id, ...rest }) => api.replayChanges(id ?? '', rest))
  const names = new Map(items.map(({ person }) => [person.id, person.name]))
  const groupName = (key: string, name: string | null): string =>
    name ?? personOf({ person: { id: key, name: names.get(key) ?? null } }, hiddenPerson)
  return (
    <>
      <div className="pane-filters">
        <NativeSelect
          label={words.groupBy}
          value={grouping}
          data={groupings.map((value) => ({ value, label: words.groups[value] }))}
          onChange={(event) => {
            setGrouping(event.currentTarget.value as Grouping)
            setGroup(null)
          }}
        />
        <NativeSelect
          label={words.count}
          value={kind}
          data={[{ value: '', label: words.allKinds }, ...kinds.map((value) => ({ value, label: words.kinds[value] }))]}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
      </div>
      <Checkbox
        label={log.showNames}
        description={shown ? log.namesShown : log.showNamesText}
        checked={shown}
        onChange={(event) => setShown(event.currentTarget.checked)}
      />
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{words.groups[grouping]}</th>
            <th scope="col">{words.kinds.newly_allowed}</th>
            <th scope="col">{words.kinds.newly_denied}</th>
          </tr>
        </thead>
        <tbody>
          {replay.groups[grouping].map(({ key, name, newly_allowed, newly_denied }) => (
            <tr key={key}>
              <th scope="row">
                <button
                  type="button"
                  className="plain-button"
                  aria-pressed={group === key}
                  onClick={() => setGroup(group === key ? null : key)}
                >
                  {groupName(key, name)}
                </button>
              </th>
              <td className="numbers">{formatNumber(language, newly_allowed)}</td>
              <td className="numbers">{formatNumber(language, newly_denied)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ListFrame query={query} count={items.length} empty={<p>{words.noChanges}</p>}>
        <ul className="plain-list changes" aria-label={words.changesList}>
          {items.map((change) => (
            <ChangeRow key={change.decision} change={change} onOpen={() => setOpen(change)} />
          ))}
        </ul>
      </ListFrame>
      <ReplayChangeDrawer replay={replay.id} against={replay.against} change={open} personal={personal} onClose={() => setOpen(null)} />
    </>
  )
}

const ChangeRow = ({ change, onOpen }: { readonly change: ReplayChange; readonly onOpen: () => void }) => {
  const words = useSimulationWords()
  const sentences = usePortalWords().decisions
  const action = sentences.actions[change.action] ?? change.action
  const target = change.service === null ? change.machine.name : sentences.on(change.service, change.machine.name)
  return (
    <li className="change">
      <StateBadge look={looks[change.kind]} word={words.kinds[change.kind]} />
      <button type="button" className="plain-button" onClick={onOpen}>
        {words.changeSentence(personOf(change, sentences.hiddenPerson), action, target)}
      </button>
      <span className="quiet">
        <ExactTime at={change.time_ms} />
        {change.rules.length === 0 ? '' : `, ${change.rules.join(', ')}`}
      </span>
    </li>
  )
}
