import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A network of its own for some processes (ip-netns(8)), joined to ours by one cable. Packets that a cut direction loses are lost without
 * a word, as behind a dead switch or a firewall that forgot the connection.
 */
export interface OwnNetwork extends Disposable {
  /** Put before a command so that it runs in there. */
  readonly inside: readonly string[]
  /** Our address on the cable, and theirs. */
  readonly ourAddress: string
  readonly insideAddress: string
  /** Packets of whatever kind that came out of it since it was made. */
  packetsOut(): number
  unplug(): void
  /** Packets from us to it are lost; the other way is open. */
  loseToInside(): void
  loseFromInside(): void
  heal(): void
  /** Another address inside, as from another network's DHCP: what stands on the old one carries nothing any more, and nobody is told. */
  moveInside(): void
}

const ourAddress = '10.213.77.1'
const insideAddress = '10.213.77.2'
const movedAddress = '10.213.78.2'

/** Null where this account or this kernel cannot make one. */
export function openOwnNetwork(): OwnNetwork | null {
  const name = `sp${process.pid % 100_000}`
  const [ours, theirs] = [`${name}a`, `${name}b`]
  const inside = ['ip', 'netns', 'exec', name]
  const run = (...command: string[]): void => void execFileSync(command[0] ?? '', command.slice(1), { stdio: 'pipe' })
  const within = (...command: string[]): void => run(...inside, ...command)
  const tryTo = (act: () => void): void => {
    try {
      act()
    } catch {
      // It was not there.
    }
  }
  const remove = (): void => {
    tryTo(() => run('ip', 'link', 'del', ours))
    tryTo(() => run('ip', 'netns', 'del', name))
  }
  const lose = (device: string, execute: (...command: string[]) => void): void =>
    execute('tc', 'qdisc', 'add', 'dev', device, 'root', 'blackhole')
  const keep = (device: string, execute: (...command: string[]) => void): void =>
    tryTo(() => execute('tc', 'qdisc', 'del', 'dev', device, 'root'))
  try {
    run('ip', 'netns', 'add', name)
    run('ip', 'link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs)
    run('ip', 'link', 'set', theirs, 'netns', name)
    run('ip', 'addr', 'add', `${ourAddress}/30`, 'dev', ours)
    within('ip', 'addr', 'add', `${insideAddress}/30`, 'dev', theirs)
    run('ip', 'link', 'set', ours, 'up')
    // Neighbour discovery would be packets of the kernel's own.
    within('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
    for (const device of [theirs, 'lo']) within('ip', 'link', 'set', device, 'up')
    // Whether this kernel can lose packets shows here and not in the middle of a test.
    lose(ours, run)
    keep(ours, run)
  } catch {
    remove()
    return null
  }
  return {
    inside,
    ourAddress,
    insideAddress,
    packetsOut: () => Number(readFileSync(`/sys/class/net/${ours}/statistics/rx_packets`, 'latin1')),
    unplug: () => run('ip', 'link', 'set', ours, 'down'),
    loseToInside: () => lose(ours, run),
    loseFromInside: () => lose(theirs, within),
    heal: () => {
      run('ip', 'link', 'set', ours, 'up')
      keep(ours, run)
      keep(theirs, within)
    },
    moveInside: () => {
      within('ip', 'addr', 'del', `${insideAddress}/30`, 'dev', theirs)
      within('ip', 'addr', 'add', `${movedAddress}/24`, 'dev', theirs)
      within('ip', 'route', 'add', `${ourAddress}/32`, 'dev', theirs)
      run('ip', 'route', 'add', `${movedAddress}/32`, 'dev', ours)
    },
    [Symbol.dispose]: remove,
  }
}
