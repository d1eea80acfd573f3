import { readFile, readdir, readlink } from 'node:fs/promises'

export interface Listener {
  readonly port: number
  readonly onLoopback: boolean
}

const listening = '0A'
const loopback6 = '00000000000000000000000001000000'
/** ::ffff:127.x.x.x */
const mappedLoopback = /^0000000000000000FFFF0000[0-9A-F]{6}7F$/u

/** The TCP ports on which a process listens, as Linux tells; null where the system does not. */
export async function listenersOf(pid: number): Promise<Listener[] | null> {
  try {
    const files = await readdir(`/proc/${pid}/fd`)
    const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')))
    const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/u.exec(link)?.[1]))
    const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')))
    return tables.flatMap((table) => listenersIn(table, inodes))
  } catch {
    return null
  }
}

/** `table`: as in /proc/net/tcp: addresses are hexadecimal, each four bytes of them turned round. */
export function listenersIn(table: string, inodes: ReadonlySet<string | undefined>): Listener[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/u))
    .filter((columns) => columns[3] === listening && inodes.has(columns[9]))
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':')
      const onLoopback = address.length === 8 ? address.endsWith('7F') : address === loopback6 || mappedLoopback.test(address)
      return { port: Number.parseInt(port, 16), onLoopback }
    })
}
