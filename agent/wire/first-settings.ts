/** What an `agent.json` says at first: `sallyport-agent join` writes it, and the portal shows it. `readSettings` of the agent says what it means. */
export interface FirstSettings {
  readonly gateway: {
    /** `host:port`, one or several in order. */
    readonly tunnel: string | readonly string[] | undefined
    /** `https://host:port`, likewise. */
    readonly est: string | readonly string[] | undefined
    readonly trustDomain: string | undefined
    readonly serverName?: string | undefined
    readonly proxy?: { readonly address: string } | undefined
  }
  readonly device: { readonly id: string | undefined; readonly name: string | undefined; readonly site: string | undefined }
  /** Absent where the machine has its certificate from its factory. */
  readonly enrolment?: { readonly passwordFile: string } | { readonly password: string } | undefined
  readonly keyType?: string | undefined
  /** A wrong one is what the agent's reader complains about. */
  readonly panelPort?: number | string | undefined
  readonly services: object
}

/** The files beside it. */
export const firstFiles = { ca: 'gateway-ca.pem', password: 'one-time-password', operators: 'operators.json' } as const
const usualPanelPort = 7080

export function firstSettings({ gateway, device, enrolment, keyType, panelPort = usualPanelPort, services }: FirstSettings): object {
  const { tunnel, est, trustDomain, ...more } = gateway
  return {
    gateway: { tunnel, est, caFile: firstFiles.ca, trustDomain, ...more },
    device,
    ...(enrolment === undefined ? {} : { enrolment }),
    keyType,
    stateDir: 'state',
    panel: { port: panelPort },
    // A file of its own, which `sallyport-agent operator` keeps.
    operators: { file: firstFiles.operators },
    services,
  }
}
