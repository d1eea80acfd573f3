import { answerParent } from './answer-parent.ts'
import { connectionLoad } from './connection-load.ts'
import { endsOf, holdStreams } from './hold-streams.ts'
import { requestLoad, type RequestLoad } from './request-load.ts'
import { transfer } from './transfer.ts'

/** The load generator, in a process of its own so that it takes time from nobody's event loop. */
answerParent({
  requests: (load: RequestLoad) => (load.fresh === true ? connectionLoad(load) : requestLoad(load)),
  transfer,
  hold: holdStreams,
  ends: endsOf,
})
