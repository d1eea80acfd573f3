interface Listener {
  readonly host: string
  readonly port: number
}

interface Listeners {
  readonly public: Listener
  readonly tunnel: Listener
  readonly est: Listener
}

/** Whether browsers, machines and enrolment come to one port, told apart by their first bytes. */
export const sharesPort = (settings: Listeners): boolean =>
  settings.public.port !== 0 && same(settings.public, settings.tunnel) && same(settings.public, settings.est)

/** Two of the three on one port is a slip of the pen. */
export const portsCollide = (settings: Listeners): boolean => {
  const { public: front, tunnel, est } = settings
  const pairs = [[front, tunnel] as const, [front, est] as const, [tunnel, est] as const]
  return !sharesPort(settings) && pairs.some(([a, b]) => a.port !== 0 && a.port === b.port)
}

const same = (a: Listener, b: Listener): boolean => a.port === b.port && a.host === b.host
