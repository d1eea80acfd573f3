import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { AgentSettings } from './agent-settings.ts'
import { isLoopback } from './host-port.ts'
import { panelTargetError } from './read-settings.ts'

export type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>

/**
 * Refuses a service at the panel's port whose host is another name of this machine (a line in `/etc/hosts`). A name that cannot be resolved
 * now is asked again at each connection (connect-target.ts).
 *
 * @throws AgentError `bad_settings`
 */
export async function refusePanelAliases(
  settings: AgentSettings,
  panelPort: number,
  resolve: Resolve = (host) => lookup(host, { all: true }),
): Promise<void> {
  const named = [...settings.services.values()].filter(({ target }) => target.port === panelPort && isIP(target.host) === 0)
  const led = await Promise.all(named.map(async ({ target }) => (await resolve(target.host).catch(() => [])).map(({ address }) => address)))
  const wrong = named.filter((_, at) => led[at]?.some(isLoopback) === true)
  if (wrong.length > 0) throw panelTargetError(wrong)
}
