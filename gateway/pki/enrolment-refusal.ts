/** Why enrolment or renewal is refused, or has to wait (202): an HTTP status (RFC 7030, section 4.2.3) and a sentence for the person at the machine. */
export class EnrolmentRefusal extends Error {
  readonly status: 202 | 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 429 | 503
  /** When to ask again, for 202. */
  readonly retryS: number

  constructor(status: EnrolmentRefusal['status'], message: string, retryS = 10) {
    super(message)
    this.name = 'EnrolmentRefusal'
    this.status = status
    this.retryS = retryS
  }
}
