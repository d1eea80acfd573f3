import { collectEachMinute } from './collect-each-minute.ts'

/** The gateway as it is, but for its garbage. */
collectEachMinute()
await import('../../../gateway/main.ts')
