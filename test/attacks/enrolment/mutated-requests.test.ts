import { it } from 'vitest'
import { judgeRequests } from './judge-requests.ts'

it('a thousand broken certificate requests are refused, each quickly, and fill no memory', () => judgeRequests(1_000))
