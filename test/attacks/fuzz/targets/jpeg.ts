import { jpegSide } from '../../../../agent/approvals/jpeg-side.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

/** ITU T.81, annex B: a side or none; what stands behind the frame header changes nothing. */
export const target: FuzzTarget = {
  name: 'jpeg',
  covers: ['agent/approvals/jpeg-side.ts'],
  mostBytes: 64 * 1024,
  seeds: [
    Buffer.from('ffd8ffe000104a46494600010100000100010000ffc00011080010002003012200021101031101ffd9', 'hex'),
    Buffer.from('ffd8ffffffc2000b080200010001011100', 'hex'),
  ],
  attempt(bytes) {
    const side = jpegSide(bytes)
    if (side === null) return
    holds(Number.isInteger(side) && side >= 0 && side <= 65_535, 'no side')
    holds(jpegSide(Buffer.concat([bytes, Buffer.alloc(9, 0xff)])) === side, 'what follows changes it')
  },
}
