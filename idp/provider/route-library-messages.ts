import type { Logger } from '../../gateway/basics/logger.ts'

type Print = (...values: unknown[]) => void

/** oidc-provider prints its notices on the console: they go to our log instead. Everything else is printed as before. */
export function routeLibraryMessages(target: { info: Print; warn: Print }, logger: Logger): void {
  const { info, warn } = target
  const isNotice = (values: unknown[]): boolean => /oidc-provider (NOTICE|WARNING)/.test(String(values[0]))
  target.info = (...values) => (isNotice(values) ? logger.debug({ library: 'oidc-provider' }, String(values[0])) : info(...values))
  target.warn = (...values) => (isNotice(values) ? logger.warn({ library: 'oidc-provider' }, String(values[0])) : warn(...values))
}
