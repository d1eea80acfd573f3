import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { exportDecisions } from '../../decisions/export/export-decisions.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { decisionExportQuery, nextFromHeader } from '../contract/decision-answers.ts'
import { cutIdleReader } from '../cut-idle-reader.ts'
import { decisionFilterOf, filterDetail, recordReading } from '../decision-filter.ts'
import { atAnyClient, requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'

/** Of everybody together: each reads the database on the main loop. */
const mostAtOnce = 4
/** So late a decision may still be written that was evaluated before. */
const settledAfterMs = 60_000
/** A reader who takes nothing for so long is cut off, and leaves the place to another one. */
const idleReaderMs = 60_000

/** The decision log in the format of OPA, for the tools that read that, streamed as the reader takes it. */
export function decisionExportRoute(app: TypedApp, ports: HttpApiPorts): void {
  let running = 0
  app.get(
    '/api/v1/decisions/export',
    {
      onRequest: [requireSignIn(ports), atAnyClient(requireRole('security_team', 'auditor', 'service_administrator'))],
      schema: {
        tags: ['decisions'],
        summary: 'Decisions as events of OPA’s decision log, one a line, oldest first',
        querystring: decisionExportQuery,
        response: { 200: { description: 'Lines of JSON', content: { 'application/x-ndjson': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      if (running >= mostAtOnce) throw tooManyExports()
      running += 1
      try {
        const { personal, ...query } = request.query
        // A log that grows meanwhile would never end.
        const nowMs = ports.clock.nowMs()
        const until = Math.min(query.until_ms ?? Infinity, nowMs + 1)
        const filter = decisionFilterOf({ ...query, personal, until_ms: until })
        const detail = { personal, filter: filterDetail(filter) }
        await recordReading(ports, 'decisions.exported', { by: whoAsks(request).person, detail })
        const labels = { app: 'sallyport', id: new URL(ports.settings.portalOrigin).host }
        const lines = exportDecisions({ log: ports.decisionLog, scope: wholeInstallation, filter, personal, labels })
        const gzip = acceptsGzip(request.headers['accept-encoding'])
        const sent = cutIdleReader({ clock: ports.clock, idleMs: idleReaderMs })
        // What fails while it reads destroys the last stage too, and with it the connection: nobody takes half of a log for all of it.
        pipeline([Readable.from(lines, { objectMode: false }), ...(gzip ? [createGzip()] : []), sent], (error) => {
          running -= 1
          if (error) ports.logger.warn({ err: error }, 'an export of decisions ended before its end')
        })
        void reply
          .type('application/x-ndjson')
          .header('vary', 'accept-encoding')
          .header(nextFromHeader, new Date(Math.min(until, nowMs - settledAfterMs)).toISOString())
          .header('content-disposition', `attachment; filename="decisions-${new Date(until - 1).toISOString().slice(0, 10)}.ndjson"`)
        if (gzip) void reply.header('content-encoding', 'gzip')
        return reply.send(sent as never)
      } catch (error) {
        running -= 1
        throw error
      }
    },
  )
}

/** RFC 9110, section 12.5.3; `gzip;q=0` refuses it. */
const acceptsGzip = (header: string | string[] | undefined): boolean =>
  String(header ?? '')
    .split(',')
    .some((coding) => /^\s*(?:gzip|x-gzip)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/i.test(coding))

const tooManyExports = (): CodedError =>
  new CodedError({
    code: 'too_many_exports',
    message: `${mostAtOnce} exports of decisions are under way. Wait for one of them to end.`,
    remedy: 'retry',
    details: { status: 429 },
  })
