import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { handOver } from '../updates/hand-over.ts'
import type { HandOver } from '../updates/hand-over.ts'
import type { UpdateTrust } from '../updates/pinned-keys.ts'
import { startTrial } from '../updates/system-launcher.ts'

/** What an installed program of version 1.0.0 does when it starts beside this state, with real processes; what is stored says that it is 2.0.0. */
export const launchUpdated = (stateDir: string, trust: UpdateTrust): Promise<HandOver> =>
  handOver({
    stateDir,
    trust,
    version: '1.0.0',
    clock: new FakeClock(),
    random: systemRandom,
    logger: silentLogger,
    stopped: new Promise(() => {}),
    start: (file) => startTrial(file, ['--trial']),
    saysVersion: async () => '2.0.0',
  })
