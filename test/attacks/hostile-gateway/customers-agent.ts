import { fileURLToPath } from 'node:url'
import type { AgentProgram } from '../../../agent/attack/agent-process.ts'
import type { AgentSettings } from '../../../agent/settings/agent-settings.ts'
import { readSettings } from '../../../agent/settings/read-settings.ts'

const agentProgram = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))

/** `nodeArgs`: what Node is told before it starts the agent. */
export const programOf = (...nodeArgs: readonly string[]): AgentProgram => ({ file: process.execPath, args: [...nodeArgs, agentProgram] })

/** A configuration as a customer has it; nothing of it is ever dialled, and its targets would refuse. */
export function customersSettings(): AgentSettings {
  const text = JSON.stringify({
    gateway: { tunnel: 'gateway.invalid:7443', est: 'https://gateway.invalid:7444', caFile: 'ca.pem', trustDomain: 'acme.example' },
    device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
    stateDir: 'state',
    panel: { port: 7080 },
    operators: ['Olga'],
    services: {
      hmi: { kind: 'http', target: '127.0.0.1:1', title: 'Operating panel' },
      plc: { kind: 'tcp', target: '127.0.0.1:1' },
    },
  })
  return readSettings({ text, baseDir: '/nowhere', defaultPagesDir: '/nowhere' })
}
