import { it } from 'vitest'
import { failsWithout } from './lacks-a-check.ts'

it.each([
  { check: 'time', failed: ['stream-after-the-time', 'extension-without-a-press'] },
  { check: 'pause', failed: ['bytes-while-paused'] },
  { check: 'viewOnly', failed: ['bytes-while-view-only'] },
  { check: 'party', failed: ['request-for-somebody-else'] },
  { check: 'knownId', failed: ['session-id-used-twice', 'approval-replayed'] },
  { check: 'window', failed: ['window-of-another-technician'] },
  { check: 'operatorsEnd', failed: ['coming-back-after-the-end'] },
  { check: 'originForm', failed: ['request-for-another-address'] },
  { check: 'framing', failed: ['request-smuggled'] },
  { check: 'pace', failed: ['flood-of-requests'] },
  { check: 'record', failed: ['refusals-are-shown'] },
  { check: 'lost', failed: ['records-say-that-a-session-lives'] },
  { check: 'panelTarget', failed: ['service-that-is-the-panel'] },
])('the report on an agent without its check of $check says that it failed $failed', ({ check, failed }) => failsWithout(check, failed))
