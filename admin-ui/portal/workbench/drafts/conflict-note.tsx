import { Button } from '@mantine/core'
import type { DraftFile } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { useBenchWords } from '../words/bench-words.ts'

/** Two texts of one file: both are shown, and a person decides. */
export const ConflictNote = ({
  theirs,
  onMine,
  onTheirs,
}: {
  readonly theirs: DraftFile | null
  readonly onMine: () => void
  readonly onTheirs: () => void
}) => {
  const words = useBenchWords()
  return (
    <div className="conflict" role="alert">
      <p>{theirs === null ? words.conflictGone : words.conflictText(theirs.edited_by.name)}</p>
      <div className="row">
        <Button onClick={onMine}>{words.keepMine}</Button>
        <Button variant="outline" onClick={onTheirs}>
          {theirs === null ? words.letGo : words.takeTheirs(theirs.edited_by.name)}
        </Button>
      </div>
    </div>
  )
}
