import { browserHeaders } from '../station.ts'
import { freePorts } from '../processes/listen.ts'
import { peerPrograms } from './peer-programs.ts'
import type { RunningPeer } from './peers.ts'
import { versionOf } from './version-of.ts'
import { programHere } from './program-here.ts'

/** nginx with one worker as a reverse proxy with kept connections, over plain HTTP: no tunnel. */
export async function startNginx(machinePort: number): Promise<RunningPeer> {
  const program = programHere('nginx')
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('nginx'))
  const [port = 0] = await freePorts(1)
  await programs.write('nginx.conf', configuration(port, machinePort))
  await programs.start(program, ['-p', programs.folder, '-e', 'stderr', '-c', 'nginx.conf'], port)
  const all = parts.move()
  return {
    name: 'nginx',
    version: versionOf(program, '-v'),
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: programs.pids(),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
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
