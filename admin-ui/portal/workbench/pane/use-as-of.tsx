import { Button } from '@mantine/core'
import { useState } from 'react'
import { useSimulationWords } from '../words/simulation-words.ts'

/** What a pane worked out belongs to one version of the draft. It is not worked out anew with every key, but says that it is of an older text. */
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
