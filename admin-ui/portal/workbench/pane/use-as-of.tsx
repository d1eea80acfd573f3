import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { StateBadge } from '../../../look/state-badge.tsx'
import { useSimulationWords } from '../words/simulation-words.ts'

/** What takes long belongs to one version of the draft. It is not worked out anew with every key, but says that it is of an older text. */
export const useAsOf = (version: number) => {
  const [asOf, setAsOf] = useState(version)
  return { asOf, outdated: asOf !== version, renew: () => setAsOf(version) }
}

export const OutdatedNote = ({ outdated, onRenew }: { readonly outdated: boolean; readonly onRenew: () => void }) => {
  const words = useSimulationWords()
  return (
    <div role="status">
      {outdated ? (
        <div className="outdated">
          <span>{words.outdated}</span>
          <Button variant="outline" onClick={onRenew}>
            {words.again}
          </Button>
        </div>
      ) : null}
    </div>
  )
}

const pauseMs = 500

/** For what is worked out quickly: it follows the draft after each pause in saving, and says when it is of the text before. */
export const useFollowed = (version: number) => {
  const [asOf] = useDebouncedValue(version, pauseMs)
  return { asOf, behind: asOf !== version }
}

export const FollowsNote = ({ behind }: { readonly behind: boolean }) => {
  const words = useSimulationWords()
  return <div role="status">{behind ? <StateBadge look="waiting" word={words.follows} /> : null}</div>
}
