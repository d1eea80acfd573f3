import type { LogLevel } from '../basics/logger.ts'
import type { HardwareSettings } from '../hardware/hardware-settings.ts'
import type { OperatorSource } from '../operators/operator-list.ts'
import type { ServiceKind } from '../wire/agent-api.ts'

/** `agent.json`, checked and frozen. Paths are absolute. */
export interface AgentSettings {
  readonly gateway: {
    /** At least one, in the order in which they are tried at each dial. */
    readonly tunnel: readonly HostPort[]
    /** Of enrolment and renewal; as `tunnel`. */
    readonly est: readonly HostPort[]
    /** PEM: the certificates that the agent trusts, and no others. */
    readonly caFile: string
    readonly trustDomain: string
    /** Name in the gateway's certificate where it is not the host that is dialled. */
    readonly serverName: string | null
    /** The HTTP proxy that leads out of this network; null: see `environmentProxy`. */
    readonly proxy: ProxySettings | null
    /** What the environment says, where `agent.json` says nothing about a proxy. */
    readonly environmentProxy: EnvironmentProxy | null
  }
  readonly device: { readonly id: string; readonly name: string; readonly site: string }
  readonly enrolment: { readonly passwordFile: string } | { readonly password: string } | null
  readonly keyType: KeyType
  /** Where systemd gives the secret that encrypts the key; null: not as its service. */
  readonly keySecretFile: string | null
  readonly stateDir: string
  readonly panel: PanelSettings
  /** Whether pages are mirrored to the panel at all. */
  readonly mirror: boolean
  /** What is kept of sessions, to be replayed at the panel; null: none are recorded. */
  readonly recordings: RecordingSettings | null
  readonly operators: OperatorSource
  /** Remote service as a whole, before somebody first turned it at the panel. */
  readonly remoteService: boolean
  readonly requestTimeoutS: number
  readonly losses: LossSettings
  readonly hardware: HardwareSettings
  readonly updates: UpdateSettings
  readonly services: ReadonlyMap<string, ServiceSettings>
  readonly logLevel: LogLevel
}

export interface PanelSettings {
  readonly port: number
  readonly host: string
  /** Null: the pages are inside of this program. */
  readonly pagesDir: string | null
  /** Pages of these origins, such as the machine's own HMI, may show `/strip` in a frame. */
  readonly stripOrigins: readonly string[]
  /** Of the listener that serves the page that draws the mirror; 0: any that is free. */
  readonly mirrorPort: number
  /**
   * It is a browser on the machine's own screen: who acts on the machine may press there. So it counts unless the customer says otherwise, since the
   * panel listens on loopback alone.
   */
  readonly onThisMachine: boolean
}

/** What follows when, during a session, the panel's last browser was gone for 15 s, the gateway was, or the wall clock stepped by more than a minute. */
export interface LossSettings {
  readonly panel: 'end' | 'pause' | 'go_on'
  /** `wait`: for a minute, its streams cut; the time of the session goes on. */
  readonly gateway: 'end' | 'wait'
  readonly clock: 'end' | 'go_on'
}

/** What is older, or more, goes: the oldest first, and none that somebody protected. */
export interface RecordingSettings {
  readonly keepDays: number
  readonly keepBytes: number
  /** What is full: `oldest`, the oldest goes for the newest; `stop`, none of the last days goes, and the newest is not recorded. */
  readonly whenFull: 'oldest' | 'stop'
}

export type KeyType = 'ec-p256' | 'rsa-2048'

export interface UpdateSettings {
  /** `standing`: what is signed is installed without asking, once nobody is in the machine. */
  readonly consent: 'ask' | 'standing'
  /** Seconds that a new version has to reach the gateway, before the one before it runs again. */
  readonly withinS: number
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

export interface ProxySettings {
  readonly address: HostPort
  /** For Basic authentication; both or neither. */
  readonly user: string | null
  readonly password: { readonly file: string } | { readonly text: string } | null
}

/** `HTTPS_PROXY`, and `NO_PROXY`: what is dialled without it. */
export interface EnvironmentProxy {
  readonly proxy: ProxySettings
  readonly except: readonly string[]
}

export interface ServiceSettings {
  readonly name: string
  readonly kind: ServiceKind
  readonly target: HostPort
  readonly title: string
  /** Switch before somebody first used it at the panel. */
  readonly enabled: boolean
  readonly maxStreams: number
  /** Whoever uses it can act on the machine itself: its screen, a shell, a program for its control, a page that runs code. */
  readonly actsOnMachine: boolean
  /** Used only while the enabling input at the machine is held, and never without a press. */
  readonly enabling: boolean
  /** WebSocket messages towards it pass at *view only* too. */
  readonly messagesPass: boolean
  /** Its pages are mirrored to the panel; false for what has none. */
  readonly mirrored: boolean
}
