import type { Migration } from '../database/database.ts'
import { migration0001 } from './migrations/0001-first.ts'
import { migration0002 } from './migrations/0002-cookie-pins.ts'
import { migration0003 } from './migrations/0003-command-line.ts'
import { migration0004 } from './migrations/0004-retention.ts'
import { migration0005 } from './migrations/0005-access-under-a-sign-in.ts'
import { migration0006 } from './migrations/0006-remote-service.ts'
import { migration0007 } from './migrations/0007-enrolment-codes.ts'
import { migration0008 } from './migrations/0008-remote-switch.ts'
import { migration0009 } from './migrations/0009-late-renewals.ts'
import { migration0010 } from './migrations/0010-recording.ts'
import { migration0011 } from './migrations/0011-attended-only.ts'
import { migration0012 } from './migrations/0012-policy-revisions.ts'
import { migration0013 } from './migrations/0013-grant-requests.ts'
import { migration0014 } from './migrations/0014-policy-drafts.ts'
import { migration0015 } from './migrations/0015-customer-grants.ts'
import { migration0016 } from './migrations/0016-policy-test-runs.ts'

/** The schema's only source, in order. */
export const migrations: readonly Migration[] = [
  migration0001,
  migration0002,
  migration0003,
  migration0004,
  migration0005,
  migration0006,
  migration0007,
  migration0008,
  migration0009,
  migration0010,
  migration0011,
  migration0012,
  migration0013,
  migration0014,
  migration0015,
  migration0016,
]
