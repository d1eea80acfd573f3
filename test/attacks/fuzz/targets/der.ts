import { readDer as agentReadDer } from '../../../../agent/enrolment/der-reader.ts'
import { DerError, readDer, writeDer } from '../../../../gateway/pki/der.ts'
import { type FuzzTarget, holds, valueOrRefusal } from '../fuzz-target.ts'

/** X.690, section 10: what is read is written again to the same bytes; the agent's reader sees the same elements wherever the gateway's does. */
export const target: FuzzTarget = {
  name: 'der',
  covers: ['gateway/pki/der.ts', 'agent/enrolment/der-reader.ts'],
  mostBytes: 16 * 1024,
  seeds: [Buffer.from('30060201050401aa', 'hex'), Buffer.from(`0482010001${'00'.repeat(255)}`, 'hex'), Buffer.from('a0023000', 'hex')],
  attempt(bytes) {
    const agents = valueOrRefusal(['bad_der'], () => agentReadDer(bytes, 1_000_000))
    let elements
    try {
      elements = readDer(bytes)
    } catch (error) {
      if (error instanceof DerError) return
      throw error
    }
    const written = elements.map(({ tag, content }) => writeDer(tag, content))
    holds(Buffer.concat(written).equals(bytes), 'what was read is written otherwise')
    holds(agents?.length === elements.length, 'the agent reads other elements')
    holds(
      elements.every(({ raw }, at) => agents?.[at]?.whole.equals(raw) === true),
      'the agent cuts elsewhere',
    )
  },
}
