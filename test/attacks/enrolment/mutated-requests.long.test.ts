import { it } from 'vitest'
import { judgeRequests } from './judge-requests.ts'

it('ten thousand broken certificate requests are refused, each quickly, and fill no memory', () => judgeRequests(10_000))
