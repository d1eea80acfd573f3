import { Button } from '@mantine/core'
import type { Rebased } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { usePortalWords } from '../../words/portal-words.ts'
import { usePolicyWords } from '../words/policy-words.ts'

/** What came into the draft from the revision that decides now, and what a person has to bring together. */
export const RebaseNote = ({ rebased, onClose }: { readonly rebased: Rebased; readonly onClose: () => void }) => {
  const words = usePolicyWords()
  const { close } = usePortalWords()
  return (
    <div className="card stack rebase-note" role="status">
      <p>{words.rebased(rebased.taken.length, rebased.conflicts.length)}</p>
      {rebased.conflicts.map(({ path, theirs }) => (
        <details key={path}>
          <summary>
            <span className="mono">{path}</span>: {theirs === null ? words.conflictGoneThere : words.conflictChangedThere}
          </summary>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text that scrolls must be reachable without a pointer */}
          <pre className="output" tabIndex={0} role="region" aria-label={words.textThere(path)}>
            {theirs}
          </pre>
        </details>
      ))}
      <Button variant="outline" onClick={onClose}>
        {close}
      </Button>
    </div>
  )
}
