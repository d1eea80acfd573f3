import { isDeepStrictEqual } from 'node:util'
import { agentEvent, agentInfo, agentSnapshot, showRefusal, streamRefusal } from '../../../../gateway/tunnels/agent-answers.ts'
import { readAnswer } from '../../../../gateway/tunnels/ask-agent.ts'
import { type FuzzTarget, holds, valueOrRefusal } from '../fuzz-target.ts'

const id = '0'.repeat(32)
const shapes = [agentInfo, agentSnapshot, agentEvent, showRefusal] as const

/** What a captured machine answers: `device_answer_invalid`, or a value that is read again as itself. */
export const target: FuzzTarget = {
  name: 'agent-answers',
  covers: ['gateway/tunnels/agent-answers.ts', 'gateway/tunnels/ask-agent.ts', 'agent/wire/plain-text.ts'],
  mostBytes: 64 * 1024,
  seeds: [
    JSON.stringify({
      version: '1',
      boot: id,
      device: 'd',
      services: [{ name: 'hmi', kind: 'http', title: 'T', enabled: true }],
      clock: 1,
      panel_connected: true,
      request_timeout_s: 60,
    }),
    JSON.stringify({
      boot: id,
      shown: [`ses_${id}`],
      live: [{ id: `ses_${id}`, approval: 'a.b.c', expires_at: 1, open_streams: 0 }],
      last_event: 1,
    }),
    JSON.stringify({ n: 1, time: 1, type: 'request.refused', session: `ses_${id}`, kind: 'open', how: 'timeout', by: null }),
    JSON.stringify({ n: 1, time: 1, type: 'approval.given', session: `ses_${id}`, approval: 'a.b.c' }),
    '{"code":"busy"}',
    'toString',
  ],
  words: ['"type":"session.ended"', '"type":"switch.changed"', '"type":"panel.changed"', '"__proto__":', '\\u202e', 'constructor'],
  attempt(bytes) {
    for (const shape of shapes) {
      const read = valueOrRefusal(['device_answer_invalid'], () => readAnswer(shape, bytes))
      if (read === undefined) continue
      const again = readAnswer(shape, Buffer.from(JSON.stringify(read)))
      holds(isDeepStrictEqual(again, read), 'read again it is another')
    }
    const refusal = streamRefusal(bytes.toString('latin1'))
    holds(refusal === undefined || typeof refusal.message === 'string', 'a refusal without a sentence')
  },
}
