import type { Demo } from '../../gateway/http-api/contract/walk-through.ts'
import { demoPeople } from './demo-people.ts'
import type { DemoSecrets } from './seed-demo.ts'
import type { MachineAgent } from './start-machine-agent.ts'

/** The line that `npm run demo -- --json` prints. */
export interface DemoDescription {
  readonly portal: string
  readonly issuer: string
  readonly api: string
  readonly tunnel: string
  readonly est: string
  readonly ca: string
  readonly accounts: readonly { readonly role: string; readonly name: string; readonly username: string; readonly password: string }[]
  readonly machines: readonly {
    readonly id: string
    readonly name: string
    readonly region: string
    readonly product_line: string
    readonly panel: string
    readonly pid: number
    readonly services: readonly { readonly name: string; readonly kind: string; readonly target: string }[]
  }[]
}

export function describeDemo(parts: {
  readonly portalOrigin: string
  readonly issuer: string
  readonly gateway: { readonly tunnelPort: number; readonly estPort: number; readonly caFile: string }
  readonly secrets: DemoSecrets
  readonly agents: readonly MachineAgent[]
}): DemoDescription {
  const { portalOrigin, issuer, gateway, secrets, agents } = parts
  return {
    portal: portalOrigin,
    issuer,
    api: `${portalOrigin}/api/v1/openapi.json`,
    tunnel: `127.0.0.1:${gateway.tunnelPort}`,
    est: `https://127.0.0.1:${gateway.estPort}/.well-known/est`,
    ca: gateway.caFile,
    accounts: demoPeople.map(({ role, name, username }) => ({ role, name, username, password: secrets.passwords[username] ?? '' })),
    machines: agents.map(({ machine, pid, target }) => ({
      id: machine.id,
      name: machine.name,
      region: machine.region,
      product_line: machine.productLine,
      panel: `${portalOrigin}/demo/panels/${machine.id}`,
      pid: pid(),
      services: [{ name: machine.service.name, kind: 'http', target }],
    })),
  }
}

/** What the walk-through page shows of it. */
export const describeWalkThrough = (description: DemoDescription): Demo => ({
  accounts: description.accounts.map((account) => ({
    ...account,
    note: demoPeople.find(({ username }) => username === account.username)?.note ?? { de: '', en: '' },
  })),
  machines: description.machines.map(({ id, name, panel }) => ({ id, name, panel })),
})
