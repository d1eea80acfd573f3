import { connect } from 'node:net'
import { failed, ok, warning, type Finding } from './finding.ts'

/** Whether the identity provider answers on a socket of its own. */
export async function checkSocket(path: string, gatewayRuns: boolean): Promise<Finding> {
  const check = 'identity provider'
  const code = await tryToConnect(path)
  if (code === null) return ok(check, `It answers on ${path}.`)
  if (code === 'EACCES')
    return failed(check, `This user may not open ${path}.`, 'Let both users into one group and set `socketMode` of idp.json to "0660".')
  const absent = `Nothing answers on ${path}.`
  return gatewayRuns
    ? failed(check, absent, 'Start the identity provider: nobody can sign in.')
    : warning(check, absent, 'Start it before the gateway, or let `sallyport serve` start it (identityProvider.startWith).')
}

function tryToConnect(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(null)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}
