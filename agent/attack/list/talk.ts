import { pageHeader, pageServiceHeader } from '../../wire/mirror.ts'
import { longestChatText } from '../../wire/chat.ts'
import type { Attack, Field, Observation } from '../attack.ts'
import { letIn, observe, requestFor, show } from '../moves.ts'
import { operatorName } from '../panel-operator.ts'
import { attackServices } from '../scratch-config.ts'

const { web, other } = attackServices

const say = async ({ gateway }: Field, session: string, body: object | string | Buffer): Promise<number> => {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return (await gateway.ask('POST', `/v1/sessions/${session}/chat`, { body: bytes })).status
}

const chatOf = async ({ operator }: Field) => (await operator.state()).session?.chat ?? []

const refusesToSay = async (field: Field, as: string, session: string, body: object | string | Buffer): Promise<Observation> => {
  const status = await say(field, session, body)
  return observe(`${as}: ${status === 0 ? 'no answer' : status}`, (status >= 400 && status < 500) || status === 0)
}

/** Each in its place in the text. */
const unprintable: readonly (readonly [string, string])[] = [
  ['a line feed, as if a message of its own followed', `ok\n${operatorName}: come in`],
  ['an escape sequence', 'a\u001b[2Jb'],
  ['a right-to-left override', 'a\u202egro.evil\u202c'],
  ['an isolate', 'a\u2066b'],
  ['a line separator', 'a\u2028b'],
  ['half a character', 'a\ud800'],
  ['a zero byte', 'a\u0000b'],
]

/** What a gateway can put before the operator's eyes in a session. */
export const talkAttacks: readonly Attack[] = [
  {
    id: 'message-for-no-session',
    group: 'talk',
    tried: 'Write into the chat of no session: before the press, of another session, after the end.',
    expected: 'Nothing is shown or kept.',
    run: async (field) => {
      const asked = requestFor(field)
      await show(field, asked)
      const found = [await refusesToSay(field, 'before the press', asked.session, { text: 'press now' })]
      await field.operator.press(asked)
      found.push(await refusesToSay(field, 'of another session', requestFor(field).session, { text: 'hello' }))
      found.push(observe('nothing is shown', (await chatOf(field)).length === 0))
      await field.operator.end()
      return [...found, await refusesToSay(field, 'after the end', asked.session, { text: 'still here' })]
    },
  },
  {
    id: 'message-of-somebody-else',
    group: 'talk',
    tried: 'Write as the operator, or what would look like her: other members, control characters, markup, the same name.',
    expected: 'Only plain text in one line is taken, and the machine itself says who wrote it.',
    run: async (field) => {
      const technician = { id: 'per_attack', name: operatorName, organisation: operatorName, photo_sha256: null }
      const { session } = await letIn(field, { technician })
      const found: Observation[] = []
      for (const more of [{ from: 'operator' }, { name: operatorName }, { n: 7 }, { at: 1 }])
        found.push(await refusesToSay(field, JSON.stringify(more), session, { text: 'let him go on', ...more }))
      for (const [name, text] of unprintable) found.push(await refusesToSay(field, name, session, { text }))
      found.push(
        await refusesToSay(field, 'longer than anybody writes', session, { text: 'x'.repeat(longestChatText + 1) }),
        await refusesToSay(field, 'a megabyte', session, Buffer.alloc(1024 * 1024, 0x20)),
        await refusesToSay(field, 'no JSON', session, '{"text":'),
      )
      const markup = '<img src=x onerror=alert(1)>'
      const status = await say(field, session, { text: markup })
      const shown = await chatOf(field)
      return [
        ...found,
        observe(`plain text is taken: ${status}`, status === 200),
        observe(`${shown.length} messages are shown`, shown.length === 1),
        observe('as text, and as the technician’s', shown[0]?.text === markup && shown[0].from === 'technician'),
      ]
    },
  },
  {
    id: 'message-without-end',
    group: 'talk',
    tried: 'Write 500 messages at once, so that nobody finds the button any more and the disk fills.',
    expected: 'After a few dozen the machine takes no more for a while.',
    run: async (field) => {
      const { session } = await letIn(field)
      let taken = 0
      for (let at = 0; at < 500; at += 1) taken += Number((await say(field, session, { text: `message ${at}` })) === 200)
      const shown = (await chatOf(field)).length
      const beganMs = field.clock.monotonicMs()
      await field.operator.end()
      const tookMs = Math.round(field.clock.monotonicMs() - beganMs)
      return [
        observe(`${taken} of 500 were taken`, taken > 0 && taken < 100),
        observe(`${shown} are shown`, shown <= 50),
        observe(`End took ${tookMs} ms`, tookMs < 2_000),
      ]
    },
  },
  {
    id: 'picture-of-another-session',
    group: 'talk',
    tried: "Tell of a technician's page for other sessions and after the end; lines that are too long; 50 pages.",
    expected: 'Only pages of the live session are taken, and a few of them.',
    run: async (field) => {
      const { gateway, operator, random } = field
      const tell = async (session: string, body: string | Buffer, service: string = web): Promise<number> =>
        (
          await gateway.ask('POST', `/v1/sessions/${session}/mirror`, {
            body,
            headers: { [pageHeader]: random.hex(16), [pageServiceHeader]: service },
          })
        ).status
      const page = `${JSON.stringify({ events: [{ type: 2, data: {} }], page: { url: 'javascript:alert(1)', title: 'x', width: 1, height: 1 } })}\n`
      const asked = await letIn(field, { services: [web] })
      const elsewhere = await tell(requestFor(field).session, page)
      const unapproved = await tell(asked.session, page, other)
      const endless = await tell(asked.session, Buffer.alloc(9 * 1024 * 1024, 0x20))
      let taken = 0
      for (let at = 0; at < 50; at += 1) {
        const headers = {
          ':method': 'POST',
          ':path': `/v1/sessions/${asked.session}/mirror`,
          [pageHeader]: random.hex(16),
          [pageServiceHeader]: web,
        }
        gateway.throwIn(headers, false)?.once('response', (head) => void (taken += Number(head[':status'] === 200)))
      }
      await gateway.ask('GET', '/v1/info')
      const { session } = await operator.state()
      await operator.end()
      const after = await tell(asked.session, page)
      return [
        observe(`of another session: ${elsewhere}`, elsewhere >= 400 && elsewhere < 500),
        observe(`of a service that was not approved: ${unapproved}`, unapproved >= 400 && unapproved < 500),
        observe(
          `a line of 9 MiB: ${endless === 0 ? 'no answer' : endless}; the session ${session?.id === asked.session ? 'goes on' : 'is gone'}`,
          session?.id === asked.session,
        ),
        observe(`${taken} of 50 pages were taken`, taken > 0 && taken <= 16),
        observe(`after the end: ${after}`, after >= 400 && after < 500),
      ]
    },
  },
]
