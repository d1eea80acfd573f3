import { CodedError } from '../basics/coded-error.ts'

/** The tunnel ended before the answer. */
export const deviceGone = (cause?: unknown): CodedError =>
  new CodedError({
    code: 'device_gone',
    message: 'The machine is not connected any more. Try again when it is back.',
    remedy: 'retry',
    cause,
  })

export const deviceTimeout = (timeoutMs: number): CodedError =>
  new CodedError({
    code: 'device_timeout',
    message: `The machine did not answer within ${Math.round(timeoutMs / 1000)} s. Try again.`,
    remedy: 'retry',
  })

/** What a device says is checked like anybody else's input. `details` is for our logs. */
export const deviceAnswerInvalid = (details: Readonly<Record<string, unknown>>, cause?: unknown): CodedError =>
  new CodedError({
    code: 'device_answer_invalid',
    message: 'The machine answered something that its contract does not have.',
    remedy: 'retry',
    details,
    cause,
  })

/** The machine did not take what the technician wrote, or is too old to have a chat. */
export function notSaid(status: number): CodedError {
  if (status === 429)
    return new CodedError({
      code: 'too_many_messages',
      message: 'You write faster than anybody reads. Wait a moment.',
      remedy: 'fix',
      details: { status },
    })
  if (status === 503)
    return new CodedError({ code: 'chat_unavailable', message: 'The machine cannot keep what you write now. Try again.', remedy: 'retry' })
  return new CodedError({ code: 'chat_unavailable', message: 'This machine does not take what you write.', remedy: 'conflict' })
}
