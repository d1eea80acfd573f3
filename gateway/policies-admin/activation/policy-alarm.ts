import { CodedError } from '../../basics/coded-error.ts'

export type AlarmCode =
  | 'policy_corrupt'
  | 'policy_unsigned'
  | 'policy_older'
  | 'policy_oversized'
  | 'policy_not_loadable'
  | 'policy_key_missing'
  | 'policy_closed'
  | 'shipped_policy_damaged'

/** What an administrator has to look at, until another policy is activated or the gateway starts without it. */
export interface PolicyAlarm {
  readonly code: AlarmCode
  readonly message: string
  /** Unix milliseconds. */
  readonly since: number
}

export const policyClosed = (): CodedError =>
  new CodedError({
    code: 'policy_closed',
    message:
      'No policy is there that can be trusted, so everything is denied. Two administrators recover one at the gateway itself: sallyport recover-policy.',
    remedy: 'conflict',
  })
