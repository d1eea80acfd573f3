import { it } from 'vitest'
import { failsWithout } from './lacks-a-check.ts'

it.each([
  { check: 'approval', failed: ['stream-without-approval', 'stream-before-the-press', 'stream-after-the-end'] },
  { check: 'service', failed: ['stream-to-another-service'] },
  { check: 'digest', failed: ['request-replaced-under-the-press', 'extension-replaced-under-the-press'] },
])(
  'the report on an agent without its check of $check says that it failed $failed',
  ({ check, failed }) => failsWithout(check, failed),
  120_000,
)
