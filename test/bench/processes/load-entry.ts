import { answerParent } from './answer-parent.ts'
import { requestLoad } from './request-load.ts'
import { transfer } from './transfer.ts'

/** The load generator, in a process of its own so that it takes time from nobody's event loop. */
answerParent({ requests: requestLoad, transfer })
