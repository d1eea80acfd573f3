import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { AgentHistory, GatewayHistory, SeenBytes } from './history.ts'

/** The gateway's records past the gateway, as an auditor with the file would read them. */
export function readGateway(dataDir: string): GatewayHistory {
  return reading(join(dataDir, 'gateway.sqlite'), true, (rows) => ({
    events: rows(
      "SELECT log_kind || ':' || log_id AS log, seq, time_ms, boot, mono, type, session, detail FROM events ORDER BY position",
    ).map((row) => ({
      log: text(row['log']),
      seq: Number(row['seq']),
      atMs: Number(row['time_ms']),
      boot: text(row['boot']),
      mono: Number(row['mono']),
      type: text(row['type']),
      session: row['session'] === null ? null : `ses_${text(row['session'])}`,
      detail: JSON.parse(text(row['detail'])) as Record<string, unknown>,
    })),
    sessions: rows('SELECT id, device_id, state, approved_at, expires_at, end_reason FROM sessions').map((row) => ({
      id: text(row['id']),
      device: text(row['device_id']),
      state: text(row['state']),
      approvedAtS: numberOrNull(row['approved_at']),
      expiresAtS: numberOrNull(row['expires_at']),
      endReason: textOrNull(row['end_reason']),
    })),
    decisions: rows('SELECT id, evaluated_at, allow, session, input FROM decisions ORDER BY position').map((row) => ({
      id: text(row['id']),
      atMs: Number(row['evaluated_at']),
      allow: row['allow'] === 1,
      session: textOrNull(row['session']),
      input: JSON.parse(text(row['input'])) as unknown,
    })),
    carriedOut: Object.fromEntries(rows('SELECT id, last_event FROM devices').map((row) => [text(row['id']), Number(row['last_event'])])),
  }))
}

/**
 * The agent locks its state against everybody, so a copy is read. It stands still meanwhile, as in a power cut: what is in its log of writes
 * is complete or not there.
 */
export function readAgent(device: string, stateDir: string, pid: number | null): AgentHistory {
  const copy = mkdtempSync(join(tmpdir(), 'agent-copy-'))
  try {
    whileStopped(pid, () => {
      for (const suffix of ['', '-wal']) {
        const file = join(stateDir, `agent.db${suffix}`)
        if (existsSync(file)) copyFileSync(file, join(copy, `agent.db${suffix}`))
      }
    })
    return reading(join(copy, 'agent.db'), false, (rows) => ({
      device,
      sessions: rows('SELECT session, outcome, started_at, ended_at, reason FROM history ORDER BY id').map((row) => ({
        id: text(row['session']),
        outcome: text(row['outcome']),
        startedAtMs: Number(row['started_at']),
        endedAtMs: numberOrNull(row['ended_at']),
        reason: textOrNull(row['reason']),
      })),
      kept: rows('SELECT n, body FROM events ORDER BY n').map((row) => {
        const body = JSON.parse(text(row['body'])) as { readonly type: string; readonly session?: string }
        return { n: Number(row['n']), type: body.type, session: body.session ?? null }
      }),
      lastEvent: Number(rows("SELECT seq FROM sqlite_sequence WHERE name = 'events'")[0]?.['seq'] ?? 0),
    }))
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** What a machine wrote down of what reached it (`test/support/witness.ts`). */
export function readWitness(device: string, file: string): SeenBytes[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.filter((line) => line !== '').map((line) => ({ device, ...(JSON.parse(line) as { atMs: number; bytes: number }) }))
}

function whileStopped(pid: number | null, act: () => void): void {
  if (pid !== null) stop(pid)
  try {
    act()
  } finally {
    if (pid !== null) process.kill(pid, 'SIGCONT')
  }
}

/** The signal is on its way when `kill` returns; the kernel says when it has arrived (proc(5), `stat`). */
function stop(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  const state = (): string | undefined => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.[0]
  const patienceEndsMs = performance.now() + 5_000
  while (state() !== 'T') if (performance.now() > patienceEndsMs) throw new Error(`process ${pid} does not stand still`)
}

type Row = Record<string, SQLOutputValue | undefined>

/** All of it as of one moment. */
function reading<Read>(file: string, readOnly: boolean, read: (rows: (sql: string) => Row[]) => Read): Read {
  const database = new DatabaseSync(file, { readOnly })
  try {
    database.exec('BEGIN')
    return read((sql) => database.prepare(sql).all())
  } finally {
    database.close()
  }
}

const text = (value: SQLOutputValue | undefined): string => String(value)
const textOrNull = (value: SQLOutputValue | undefined): string | null => (value === null || value === undefined ? null : String(value))
const numberOrNull = (value: SQLOutputValue | undefined): number | null => (value === null || value === undefined ? null : Number(value))
