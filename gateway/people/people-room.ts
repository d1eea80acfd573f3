import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { PeopleChanges } from './people-changes.ts'
import type { PeopleStore } from './people-store.ts'

/** What every use case of people is handed. */
export interface PeopleRoom {
  readonly store: PeopleStore
  readonly provider: IdentityProvider
  readonly changes: PeopleChanges
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}
