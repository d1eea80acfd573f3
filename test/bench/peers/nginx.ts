import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { browserHeaders } from '../installation.ts'
import { freePorts } from '../processes/listen.ts'
import { programHere } from './program-here.ts'
import type { RunningPeer } from './peers.ts'

/** nginx with one worker as a reverse proxy with kept connections, over plain HTTP: no tunnel. */
export async function startNginx(machinePort: number): Promise<RunningPeer> {
  const program = programHere('nginx')
  const version = spawnSync(program, ['-v'], { encoding: 'utf8' })
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-nginx-'))
  const [port = 0] = await freePorts(1)
  await writeFile(join(directory, 'nginx.conf'), configuration(port, machinePort))
  const child = spawn(program, ['-p', directory, '-e', 'stderr', '-c', 'nginx.conf'], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilListening(port)
  const pid = child.pid ?? 0
  const workers = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number)
  return {
    name: /nginx\/[\d.]+/.exec(version.stderr)?.[0] ?? 'nginx',
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: workers,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const configuration = (port: number, machinePort: number): string => `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 0;
  keepalive_requests 1000000000;
  upstream machine { server 127.0.0.1:${machinePort}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://machine; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off; }
  }
}
`

async function untilListening(port: number): Promise<void> {
  for (let left = 100; ; left -= 1) {
    const listening = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (listening) return
    if (left === 0) throw new Error('nginx did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
