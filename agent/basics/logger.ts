/** One JSON line a call; the message says what happened, `fields` are for machines. Never a secret. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Members that never reach a log, wherever a careless caller put them. */
const secretMembers = new Set(['password', 'token', 'cookie', 'authorization', 'secret', 'key', 'privateKey'])

export interface LoggerOptions {
  readonly level: LogLevel
  /** Takes one whole line with its line feed. */
  readonly write: (line: string) => void
  readonly nowMs: () => number
  readonly bound?: object
}

export function createLogger(options: LoggerOptions): Logger {
  const least = logLevels.indexOf(options.level)
  const log =
    (level: LogLevel) =>
    (fields: object, message: string): void => {
      if (logLevels.indexOf(level) < least) return
      const line = {
        level,
        time: new Date(options.nowMs()).toISOString(),
        name: 'agent',
        ...withoutSecrets({ ...options.bound, ...fields }),
        msg: message,
      }
      options.write(`${JSON.stringify(line)}\n`)
    }
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: (fields) => createLogger({ ...options, bound: { ...options.bound, ...fields } }),
  }
}

export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silentLogger }

function withoutSecrets(fields: object): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, secretMembers.has(name) ? '[secret]' : plain(value)]))
}

/** Errors have no enumerable members; a log line shows what they say. */
function plain(value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, ...('code' in value ? { error_code: value.code } : {}) }
  return value
}
