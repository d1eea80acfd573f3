import { startEnrolment } from '../enrolment/start-enrolment.ts'
import type { Enrolment, EnrolmentOptions } from '../enrolment/start-enrolment.ts'
import type { switchedOff } from '../wire/agent-api.ts'
import { startLink } from './start-link.ts'
import type { Link, LinkOptions } from './start-link.ts'

/** All that ever leaves this machine. While remote service is off there is none of it: no look-up, no connection, no timer that would make one. */
export interface WayOut {
  open(): void
  /** `switched-off` is told to the gateway, with what it has not read yet, before nothing is sent any more. */
  close(why: typeof switchedOff | 'closed'): void
  readonly link: Link | null
}

export function createWayOut(
  options: LinkOptions & Omit<EnrolmentOptions, 'onStatus' | 'onEnded'> & { readonly onEnrolment: EnrolmentOptions['onStatus'] },
): WayOut {
  let parts: { readonly link: Link; readonly enrolment: Enrolment } | null = null
  return {
    open: () => {
      if (parts !== null) return
      const link = startLink(options)
      const enrolment = startEnrolment({
        ...options,
        onStatus: options.onEnrolment,
        onEnded: link.dropCredential,
        onCredential: (credential) => {
          link.setCredential(credential)
          options.onCredential(credential)
        },
      })
      parts = { link, enrolment }
    },
    close: (why) => {
      const open = parts
      parts = null
      open?.enrolment.close()
      open?.link.close(why)
    },
    get link() {
      return parts?.link ?? null
    },
  }
}
