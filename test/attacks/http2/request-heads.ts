import { laneHeader, sessionHeader } from '../../../agent/wire/agent-api.ts'
import { field, text } from './frames.ts'

/** Names of the static table (RFC 7541, appendix A): a literal value follows. */
const authority = 0x01
const method = 0x02
const path = 0x04
const get = 0x82
const https = 0x87

const named = (name: number, value: string): Buffer => Buffer.concat([Buffer.from([name]), text(value)])

/** Header blocks of what a gateway asks an agent, as HPACK. */
export const getHead = (of: string): Buffer => Buffer.concat([Buffer.from([get, https]), named(path, of), named(authority, 'x')])

export const putHead = (of: string): Buffer =>
  Buffer.concat([named(method, 'PUT'), Buffer.from([https]), named(path, of), named(authority, 'x')])

export const connectHead = (service: string, session?: string, lane?: string): Buffer =>
  Buffer.concat([
    named(method, 'CONNECT'),
    named(authority, service),
    session === undefined ? Buffer.alloc(0) : field(sessionHeader, session),
    lane === undefined ? Buffer.alloc(0) : field(laneHeader, lane),
  ])
