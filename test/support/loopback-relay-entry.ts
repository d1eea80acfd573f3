import { connect, createServer } from 'node:net'

/** Runs inside a network of its own: what comes to the Unix socket `argv[2]` goes to the port `argv[3]` of the loopback in there. */
const server = createServer((near) => {
  const far = connect({ host: '127.0.0.1', port: Number(process.argv[3]) })
  near.pipe(far).pipe(near)
  for (const socket of [near, far]) socket.on('error', () => [near, far].forEach((one) => one.destroy()))
})
server.listen(process.argv[2], () => process.stdout.write('{"ready":true}\n'))
process.stdin.once('close', () => process.exit(0)).resume()
