import { join } from 'node:path'
import { systemClock } from '../../../gateway/basics/clock.ts'
import { silentLogger, type Logger } from '../../../gateway/basics/logger.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { openDatabase } from '../../../gateway/database/open-database.ts'
import { activateRevision } from '../../../gateway/policies-admin/activation/activate-revision.ts'
import { startPolicies } from '../../../gateway/start-policies.ts'
import { createStorage } from '../../../gateway/storage/create-storage.ts'
import { migrations } from '../../../gateway/storage/migrations.ts'
import type { Schema } from '../../../gateway/storage/schema.ts'
import { personId } from '../../../gateway/storage/testing/example-records.ts'
import { aroundGatewayDatabase } from '../failpoints/around-gateway-database.ts'
import { killMyself } from '../failpoints/failpoints.ts'

/** Activates a revision with the database and the engine of a gateway, and dies at the moment that is named: `<data dir> <policies> <revision> <moment>`. */
const [dataDir = '', policiesDir = '', revision = '', moment = ''] = process.argv.slice(2)
const dieAtSwap: Logger = {
  ...silentLogger,
  child: () => dieAtSwap,
  info: (_fields, message) => {
    if (moment === 'after the swap' && message === 'policy activated') killMyself()
  },
}
const shared = { clock: systemClock, random: systemRandom, logger: dieAtSwap }
const database = aroundGatewayDatabase(
  await openDatabase<Schema>({ file: join(dataDir, 'gateway.sqlite'), migrations, ...shared }),
  (commit) => {
    if (!commit.includes('policy_activations')) return null
    return moment === 'before the commit' ? 'kill-before' : moment === 'after the commit' ? 'kill-after' : null
  },
)
const storage = createStorage({ database, ...shared, boot: systemRandom.hex(16) })
const organisation = (await storage.installation.get('service_organisation'))?.value
if (organisation === undefined) throw new Error('nothing is installed here')
const settings = { dataDir, policiesDir, policy: { fourEyes: false }, demo: false }
const policies = await startPolicies({ ...shared, settings, storage, organisation, environment: {} })
const expectedActive = policies.room.active?.revision ?? null
await activateRevision(policies.room, { revision, by: personId('Ada'), expectedActive, comment: 'as planned', confirmDenied: undefined })
if (moment === 'after the answer') killMyself()
