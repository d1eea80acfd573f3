import type { ServerResponse } from 'node:http'
import { AgentError } from '../basics/agent-error.ts'
import type { Identify } from '../operators/identify.ts'
import type { Recordings } from '../recordings/create-recordings.ts'
import type { FieldReader } from '../settings/field-reader.ts'
import { readPin } from './read-pin.ts'

export interface RecordingRoutesOptions {
  readonly recordings: Pick<Recordings, 'read' | 'remove' | 'protect' | 'unprotect'>
  readonly prove: Identify
  /** Of the page that draws the pictures. */
  readonly mirrorPort: number
}

const partPath = /^\/api\/recordings\/(ses_[0-9a-f]{32})\/(\d{1,15})$/

/** `GET /api/recordings/{session}/{part}`: what was written goes out as it is. @throws AgentError `no_recording` */
export async function serveRecordingPart(
  { recordings, mirrorPort }: RecordingRoutesOptions,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const [, session, part] = partPath.exec(path) ?? []
  if (session === undefined) throw new AgentError({ code: 'not_found', message: 'There is no such thing.' })
  const { lines, next } = await recordings.read(session, Number(part))
  const separated = lines.flatMap((line, at) => (at === 0 ? [line] : [Buffer.from(','), line]))
  const body = Buffer.concat([Buffer.from(`{"next":${next},"port":${mirrorPort},"entries":[`), ...separated, Buffer.from(']}')])
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, 'cache-control': 'no-store' })
  response.end(body)
}

/** `POST /api/recordings/{session}/delete` */
export async function deleteRecording(
  { recordings, prove }: RecordingRoutesOptions,
  session: string,
  body: FieldReader,
): Promise<undefined> {
  const operator = body.text('operator', { maxLength: 120 })
  const pin = readPin(body)
  body.noOthers()
  recordings.remove(session, await prove(operator, pin))
}

/** `POST /api/recordings/{session}/protect` */
export async function protectRecording(
  { recordings, prove }: RecordingRoutesOptions,
  session: string,
  body: FieldReader,
): Promise<undefined> {
  const operator = body.text('operator', { maxLength: 120 })
  const pin = readPin(body)
  const stays = body.flag('protected', false)
  if (!body.has('protected')) body.problem('protected', 'is missing')
  body.noOthers()
  if (stays) recordings.protect(session, operator)
  else recordings.unprotect(session, await prove(operator, pin))
}
