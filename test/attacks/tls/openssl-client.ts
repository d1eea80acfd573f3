import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What OpenSSL's own client said to the end; it is told `lines` once it has connected, and ended when `until` has come or the peer has closed. */
export async function opensslClient(port: number, args: readonly string[], lines = '', until = /^---\n[^]*^---\n/m): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args])
  let said = ''
  let told = false
  const look = (chunk: Buffer): void => {
    said += chunk.toString('latin1')
    if (!told && lines !== '' && said.includes('CONNECTED')) {
      told = true
      child.stdin.write(lines)
    }
    if (until.test(said)) child.stdin.end()
  }
  child.stdin.on('error', () => {})
  child.stdout.on('data', look)
  child.stderr.on('data', look)
  // A peer that neither closes nor says what is waited for.
  const patience = setTimeout(() => child.kill(), 15_000)
  await once(child, 'close')
  clearTimeout(patience)
  return said
}
