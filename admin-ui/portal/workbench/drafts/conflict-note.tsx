import { Button } from '@mantine/core'
import type { DraftFile } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { formatMoment } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { useBenchWords } from '../words/bench-words.ts'

/** Two texts of one file: both are shown, and a person decides. */
export const ConflictNote = ({
  theirs,
  typedMs,
  onMine,
  onTheirs,
}: {
  readonly theirs: DraftFile | null
  /** Unix milliseconds, where one's own text is from an earlier visit. */
  readonly typedMs: number | null
  readonly onMine: () => void
  readonly onTheirs: () => void
}) => {
  const words = useBenchWords()
  const { language } = useLanguage()
  const me = useMe().id
  /** What somebody else would lose. */
  const others = theirs === null || theirs.edited_by.id === me ? null : theirs
  const theirsOf = (file: DraftFile): string =>
    typedMs === null ? words.conflictText(file.edited_by.name) : words.unsavedText(formatMoment(language, typedMs))
  return (
    <div className="conflict" role="alert">
      <p>{theirs === null ? words.conflictGone : theirsOf(theirs)}</p>
      {others === null ? null : <p>{words.overwrites(typedMs === null ? words.keepMine : words.takeOver, others.edited_by.name)}</p>}
      <div className="row">
        <Button onClick={onMine}>{typedMs === null ? words.keepMine : words.takeOver}</Button>
        <Button variant="outline" onClick={onTheirs}>
          {theirs === null ? words.letGo : typedMs === null ? words.takeTheirs(theirs.edited_by.name) : words.throwAway}
        </Button>
        {others === null ? null : (
          <Button variant="subtle" component="a" href={asText(others.text)} download={`${others.edited_by.name} - ${nameOf(others.path)}`}>
            {words.keepCopy(others.edited_by.name)}
          </Button>
        )}
      </div>
    </div>
  )
}

const asText = (text: string): string => `data:text/plain;charset=utf-8,${encodeURIComponent(text.toWellFormed())}`

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
