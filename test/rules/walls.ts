/** One wall of the house: what a room may import of ours, and why. The longest matching `room` counts. */
export interface Wall {
  readonly room: string
  readonly may: readonly string[]
  /** What it may know by its types alone: the ports that it implements or is handed. */
  readonly mayNameTypesOf?: readonly string[]
  readonly why: string
}

const EVENTS = 'gateway/ledger/event'
const DOMAINS = ['gateway/devices', 'gateway/people', 'gateway/sign-in', 'gateway/decisions', 'gateway/ledger', 'gateway/pki']
const CORE = [
  'gateway/basics',
  'agent/wire',
  ...DOMAINS,
  'gateway/sessions',
  'gateway/simulations',
  'gateway/grants',
  'gateway/policies-admin',
]
const DOMAIN_WHY = 'a domain room knows only the leaf rooms, so that each can be read, tested and replaced alone; declare a port instead'
const DOOR_WHY = 'doors and backings import domains and never each other; start-gateway.ts hands each its ports'

export const WALLS: readonly Wall[] = [
  { room: 'gateway/basics', may: [], why: 'it is the leaf of the house: everybody imports it, so it can import nobody' },
  { room: 'gateway/settings', may: ['gateway/basics'], why: 'settings are read before anything else exists' },
  {
    room: 'gateway/database',
    may: ['gateway/basics'],
    why: 'it speaks SQL and knows no table, so that the identity provider can use it too',
  },
  { room: 'gateway/ledger', may: ['gateway/basics', 'agent/wire'], why: DOMAIN_WHY },
  { room: 'gateway/pki', may: ['gateway/basics', 'agent/wire', EVENTS], mayNameTypesOf: ['gateway/devices'], why: DOMAIN_WHY },
  { room: 'gateway/devices', may: ['gateway/basics', 'agent/wire', EVENTS], why: DOMAIN_WHY },
  { room: 'gateway/people', may: ['gateway/basics', EVENTS], why: DOMAIN_WHY },
  { room: 'gateway/sign-in', may: ['gateway/basics', EVENTS], mayNameTypesOf: ['gateway/people', 'gateway/ledger'], why: DOMAIN_WHY },
  { room: 'gateway/decisions', may: ['gateway/basics', EVENTS], why: DOMAIN_WHY },
  { room: 'gateway/retention', may: ['gateway/basics'], why: DOMAIN_WHY },
  { room: 'gateway/policies-admin', may: ['gateway/basics', 'gateway/decisions', EVENTS], why: DOMAIN_WHY },
  {
    room: 'gateway/sessions',
    may: ['gateway/basics', 'agent/wire', ...DOMAINS],
    why: 'it joins the domains into remote access; it knows no door and no table',
  },
  {
    room: 'gateway/simulations',
    may: ['gateway/basics', 'agent/wire', ...DOMAINS, 'gateway/sessions'],
    why: 'what a policy would do is asked with the very questions of live access, so it joins the same domains; it knows no door and no table',
  },
  {
    room: 'gateway/grants',
    may: ['gateway/basics', ...DOMAINS, 'gateway/sessions'],
    why: 'whether somebody is denied, and sees the machine, is asked as sessions ask it; it knows no door and no table',
  },
  { room: 'gateway/front', may: ['gateway/basics'], why: 'it hands each request to the door of its host and knows none of them' },
  { room: 'gateway/tunnels', may: CORE, why: DOOR_WHY },
  { room: 'gateway/proxy', may: CORE, why: DOOR_WHY },
  { room: 'gateway/http-api', may: CORE, why: DOOR_WHY },
  {
    room: 'gateway/storage',
    may: [...CORE, 'gateway/database'],
    mayNameTypesOf: ['gateway/proxy', 'gateway/retention', 'gateway/tunnels', 'gateway/http-api'],
    why: 'it implements the ports that domains and doors declare, and knows the code of no door',
  },
  { room: 'gateway/cluster', may: CORE, why: DOOR_WHY },
  { room: 'gateway/telemetry', may: CORE, why: DOOR_WHY },
  {
    room: 'gateway/commands',
    may: [
      ...CORE,
      'gateway/settings',
      'gateway/database',
      'gateway/storage',
      'gateway/http-api/contract',
      'gateway/http-api/forward/carry-bytes',
      'gateway/start-gateway',
      'deploy/demo',
    ],
    why: 'a command talks to the API of the running gateway; only what works offline touches the rooms behind it',
  },
  {
    room: 'gateway',
    may: ['gateway', 'agent/wire', 'deploy/demo'],
    why: 'the composition root knows every room of the gateway and nothing of the other programs',
  },
  {
    room: 'idp',
    may: ['idp', 'gateway/basics', 'gateway/database'],
    why: 'the identity provider is another process with another system user; the gateway knows it only by its protocols',
  },
  { room: 'agent/wire', may: [], why: 'the tunnel contract is shared by both ends, so it belongs to neither' },
  { room: 'agent', may: ['agent'], why: 'the agent ships alone to machines in the field' },
  {
    room: 'admin-ui',
    may: [
      'admin-ui',
      'gateway/http-api/contract',
      'gateway/proxy/bar/bar-view',
      'gateway/decisions',
      'gateway/basics',
      'agent/panel/panel-api',
      'agent/wire',
    ],
    why: 'pages share types and plain data with the programs, never their code',
  },
  {
    room: 'policies',
    may: ['policies', 'gateway/decisions', 'gateway/policies-admin', 'gateway/basics'],
    why: 'schemas and capabilities come from the decisions, and the shipped policy is compiled as the gateway compiles any other',
  },
  {
    room: 'deploy',
    may: ['deploy', 'gateway', 'idp', 'agent/wire', 'policies'],
    why: 'it builds and starts the programs; the agent is started as a program, as on a machine',
  },
  {
    room: 'deploy/agent',
    may: ['deploy', 'agent/updates'],
    why: 'what it signs, the agent reads: the format of an update stands once, in the room that takes it in',
  },
  { room: 'test', may: ['gateway', 'idp', 'agent', 'admin-ui', 'policies', 'deploy', 'test'], why: 'a test may reach everything' },
]

/** Who may import a package of somebody else's. A package that is imported here and there cannot be exchanged. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@fastify/cookie': ['gateway/http-api'],
  '@fastify/static': ['gateway/http-api'],
  '@fastify/swagger': ['gateway/http-api'],
  '@open-policy-agent/opa-wasm': ['gateway/decisions'],
  '@peculiar/x509': ['gateway/pki'],
  commander: ['gateway/commands', 'gateway/main.ts'],
  fastify: ['gateway/http-api', 'idp/admin-api'],
  'fastify-type-provider-zod': ['gateway/http-api'],
  'http-proxy-3': ['gateway/front'],
  jose: ['gateway/sessions', 'gateway/sign-in', 'idp/keys'],
  kysely: ['gateway/database', 'gateway/storage', 'idp/storage'],
  'lru-cache': ['gateway/decisions', 'gateway/people', 'gateway/policies-admin', 'gateway/proxy', 'gateway/tunnels'],
  'oidc-provider': ['idp'],
  'openid-client': ['gateway/sign-in'],
  pino: ['gateway/basics'],
  'rate-limiter-flexible': ['gateway/http-api', 'gateway/pki', 'gateway/sign-in', 'idp'],
  'reflect-metadata': ['gateway/pki'],
  tldts: ['gateway/settings'],
  undici: ['gateway/sign-in', 'gateway/commands/client'],
  ws: ['deploy/demo', 'gateway/http-api/forward', 'gateway/proxy/mirror', 'gateway/commands/client'],
  // The pages get their schemas from the gateway's contract; what they set for all of them needs the package itself.
  zod: ['gateway', 'idp', 'policies/generate-schemas.ts', 'deploy/demo', 'admin-ui/portal/zod-without-eval.ts'],

  '@codemirror/autocomplete': ['admin-ui/portal/workbench/editor'],
  '@codemirror/commands': ['admin-ui/portal/workbench/editor'],
  '@codemirror/language': ['admin-ui/portal/workbench/editor'],
  '@codemirror/lint': ['admin-ui/portal/workbench/editor'],
  '@codemirror/merge': ['admin-ui/portal/workbench/editor'],
  '@codemirror/search': ['admin-ui/portal/workbench/editor'],
  '@codemirror/state': ['admin-ui/portal/workbench/editor'],
  '@codemirror/view': ['admin-ui/portal/workbench/editor'],
  '@lezer/highlight': ['admin-ui/portal/workbench/editor'],
  '@rrweb/record': ['admin-ui/recorder'],
  '@mantine/core': ['admin-ui'],
  '@mantine/form': ['admin-ui'],
  '@mantine/hooks': ['admin-ui'],
  '@mantine/notifications': ['admin-ui'],
  '@rrweb/replay': ['admin-ui/mirror'],
  '@tabler/icons-react': ['admin-ui'],
  '@tanstack/react-query': ['admin-ui'],
  '@vitejs/plugin-react': ['admin-ui/vite.config.ts'],
  react: ['admin-ui'],
  'react-dom': ['admin-ui'],
  vite: ['admin-ui/vite.config.ts', 'deploy/agent'],
  wouter: ['admin-ui'],
}
