import { Code } from '@mantine/core'
import type { Device, GatewayForAgents } from '../../../gateway/http-api/contract/administration.ts'
import { CopyText } from '../parts/copy-text.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { agentSettingsFor } from './agent-settings-for.ts'

interface EnrolmentNoteProps {
  readonly device: Device
  readonly password: string
  readonly gateway: GatewayForAgents
}

/** The one-time password and an `agent.json` that already carries it. */
export const EnrolmentNote = ({ device, password, gateway }: EnrolmentNoteProps) => {
  const words = usePortalWords().devices
  const settings = agentSettingsFor(device, password, gateway)
  return (
    <div className="stack">
      <ShownOnce title={words.passwordTitle} text={words.passwordText(device.name)} secret={password} copyLabel={words.copyPassword} />
      <section aria-labelledby="snippet">
        <h3 id="snippet">{words.snippet}</h3>
        <p className="quiet">{words.snippetText}</p>
        {/* A long text that scrolls must be reachable without a pointer. oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <Code block tabIndex={0} role="region" aria-labelledby="snippet">
          {settings}
        </Code>
        <div className="row">
          <CopyText text={settings} label={words.copySnippet} />
          <CopyText text={gateway.ca_pem} label={words.copyCa} />
        </div>
      </section>
    </div>
  )
}
