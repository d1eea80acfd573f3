import { hostHeader, isLoopback, parseHostPort } from '../../../../agent/settings/host-port.ts'
import { readSettings } from '../../../../agent/settings/read-settings.ts'
import { type FuzzTarget, holds, valueOrRefusal } from '../fuzz-target.ts'

const good = {
  gateway: { tunnel: 'gw.example:8444', est: 'https://gw.example:8445', caFile: 'ca.pem', trustDomain: 'acme.example' },
  device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
  enrolment: { password: 'one-time' },
  stateDir: 'state',
  panel: { port: 7080 },
  operators: ['Olga Ortiz'],
  services: { hmi: { kind: 'http', target: '127.0.0.1:8080', title: 'Operating panel' } },
}

/** `agent.json`, and `host:port` in it: `bad_settings`, or frozen settings none of whose services is the panel. URL reads the same host. */
export const target: FuzzTarget = {
  name: 'agent-settings',
  covers: ['agent/settings/read-settings.ts', 'agent/settings/field-reader.ts', 'agent/settings/host-port.ts', 'agent/wire/plain-text.ts'],
  mostBytes: 8 * 1024,
  seeds: [JSON.stringify(good), '[::1]:80', '127.0.0.1:8080', 'gw.example:443', '[::ffff:127.0.0.1]:1'],
  words: [
    '"__proto__":{},',
    '0x7f.1:80',
    '2130706433:80',
    'localhost:7080',
    '[::ffff:7f00:1]:7080',
    '"serverName":"x",',
    '"passwordFile":"x"',
  ],
  attempt(bytes) {
    const text = bytes.toString('utf8')
    const read = valueOrRefusal(['bad_settings'], () => readSettings({ text, baseDir: '/etc/agent', defaultPagesDir: '/pages' }))
    if (read !== undefined) {
      holds(Object.isFrozen(read) && Object.isFrozen(read.services), 'not frozen')
      for (const { target } of read.services.values())
        holds(read.panel.port === 0 || target.port !== read.panel.port || !isLoopback(target.host), 'a service that is the panel')
    }
    const host = parseHostPort(text)
    if (host === null) return
    holds(JSON.stringify(parseHostPort(hostHeader(host))) === JSON.stringify(host), 'written again it is another')
    const url = URL.parse(`tcp://${hostHeader(host)}/`)
    holds(url !== null && (url.port === '' || Number(url.port) === host.port), 'URL reads another port')
    const name = URL.parse(`http://${hostHeader(host)}/`)?.hostname
    holds(
      name !== undefined && (name.startsWith('[') || name === host.host || host.host.includes('xn--')),
      `URL reads another host, ${name}`,
    )
  },
}
