import { pino } from 'pino'

/** One line a call; the message says what happened, `fields` are for machines. Never a secret. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}

/** Members that never reach a log, wherever a careless caller put them. `code` is not among them: it is the name of every error. */
const secretMembers = [
  'password',
  'token',
  'cookie',
  'authorization',
  'secret',
  'key',
  'privateKey',
  'oneTimeCode',
  'codeVerifier',
  'idToken',
]

/** To stderr, or to the end of `file`. */
export function createLogger(options: { readonly name: string; readonly level: string; readonly file?: string }): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: secretMembers.flatMap((member) => [member, `*.${member}`]), censor: '[secret]' },
    },
    pino.destination({ dest: options.file ?? 2, sync: true }),
  )
}

export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
}
