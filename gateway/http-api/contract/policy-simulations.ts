/** What a change of the policy would do, before it is live. */
export * from './policy-explained.ts'
export * from './policy-matrix.ts'
export * from './policy-replays.ts'
export * from './policy-ask.ts'
