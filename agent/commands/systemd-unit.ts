import { keyCredential } from '../settings/key-secret-file.ts'

/** What the unit must name. All paths absolute, without a line break. */
export interface UnitOptions {
  /** Program and its first arguments, before `run`. */
  readonly program: readonly string[]
  /** `agent.json` */
  readonly config: string
  /** Below `/var/lib`: what the service's user owns. */
  readonly stateDirectory: string
  /** The encrypted secret that encrypts the machine's key; null: it is not encrypted. */
  readonly credential: string | null
  /** What is wired to the machine, and who may use it. */
  readonly wired: UnitHardware
}

export interface UnitHardware {
  /** Below `/dev`, of letters, digits and `/:.@+-_`. */
  readonly devices: readonly { readonly path: string; readonly access: 'r' | 'rw' }[]
  /** Names or numbers of the groups that the devices belong to. */
  readonly groups: readonly string[]
}

export const nothingWired: UnitHardware = { devices: [], groups: [] }

export const unitName = 'sallyport-agent.service'

/**
 * The agent as a service of systemd: a user of its own that exists only while it runs (DynamicUser), one folder that it may write, and nothing else of the
 * machine. See systemd.exec(5).
 */
export function systemdUnit({ program, config, stateDirectory, credential, wired }: UnitOptions): string {
  // Opened by systemd at the start, and seen by this service alone.
  const encryption = credential === null ? '' : `LoadCredentialEncrypted=${keyCredential}:${quoted(credential)}\n`
  const command = [...program, 'run', '--config', config].map(quoted).join(' ')
  return `# Written by "sallyport-agent service install", and written anew by it.
[Unit]
Description=Sallyport agent
Wants=network-online.target
After=network-online.target
# However often it fails, a machine in the field is not given up.
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${command}
DynamicUser=yes
StateDirectory=${stateDirectory}
StateDirectoryMode=0700
${encryption}WorkingDirectory=/var/lib/${stateDirectory}
UMask=0077
Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=10
LimitCORE=0
# What the program never needs.
CapabilityBoundingSet=
AmbientCapabilities=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
PrivateTmp=yes
${deviceLines(wired)}PrivateUsers=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
# V8 writes the code that it runs.
MemoryDenyWriteExecute=no

[Install]
WantedBy=multi-user.target
`
}

/** The kernel's pseudo devices such as /dev/null, and what is named. */
function deviceLines({ devices, groups }: UnitHardware): string {
  if (devices.length === 0) return 'PrivateDevices=yes\n'
  const allowed = devices.map(({ path, access }) => `DeviceAllow=${path} ${access}\n`).join('')
  const members = groups.length === 0 ? '' : `SupplementaryGroups=${groups.join(' ')}\n`
  return `# What is wired to the machine ("hardware" in agent.json), and no other device of it.\nPrivateDevices=no\nDevicePolicy=closed\n${allowed}${members}`
}

/** See systemd.service(5), "Command lines": quotes, backslashes, `%` and `$` mean something there. */
const quoted = (word: string): string => {
  const plain = word.replaceAll('%', '%%').replaceAll('$', () => '$$')
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replaceAll(/["\\]/g, '\\$&')}"`
}
