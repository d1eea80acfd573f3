import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { collectGarbage } from '../../bench/processes/collect-garbage.ts'

export const collectEveryMs = 60_000

/**
 * Throws garbage away once a minute, so that the least that is resident within a minute is what is held. By itself V8 lets hundreds of megabytes wait for
 * minutes, most of them OpenSSL's behind connections that are gone, and no slope over half an hour would say anything.
 */
export function collectEachMinute(): void {
  setFlagsFromString('--expose-gc')
  globalThis.gc ??= runInNewContext('gc') as NodeJS.GCFunction
  setInterval(collectGarbage, collectEveryMs).unref()
}
