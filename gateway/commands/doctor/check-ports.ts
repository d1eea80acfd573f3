import { createServer } from 'node:net'
import { failed, ok, type Finding } from './finding.ts'

export interface PortQuestion {
  readonly name: 'public' | 'tunnel' | 'est'
  readonly host: string
  readonly port: number
}

/** Ports that are taken are right while the gateway runs, and wrong while it does not. */
export async function checkPort({ name, host, port }: PortQuestion, gatewayRuns: boolean): Promise<Finding> {
  const check = `port ${name}`
  const code = await tryToListen(host, port)
  const where = `${host}:${port}`
  if (code === 'EACCES')
    return failed(
      check,
      `This user may not listen on ${where}.`,
      'Give it CAP_NET_BIND_SERVICE (the systemd unit does), or take a port above 1023.',
    )
  if (code === 'EADDRNOTAVAIL') return failed(check, `${host} is no address of this machine.`, `Set \`${name}.host\` right.`)
  if (code === 'EADDRINUSE')
    return gatewayRuns
      ? ok(check, `${where} is in use, and the gateway runs.`)
      : failed(check, `${where} is in use by another program.`, `Stop that program, or set \`${name}.port\` to a free one.`)
  if (code !== null) return failed(check, `${where} cannot be listened on (${code}).`, `Set \`${name}\` right.`)
  return gatewayRuns
    ? failed(check, `The gateway runs and does not listen on ${where}.`, 'Restart it: its settings were changed.')
    : ok(check, `${where} is free.`)
}

/** Listens for a moment; gives the code of the system's error, null where it went well. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}
