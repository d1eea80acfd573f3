import { expect, it } from 'vitest'
import { isTest, readProjectFile, sourceFiles } from '../support/source-tree.ts'

/** Both would be wrong: it leaks the certificate, and where the gateway has pointed it at another call it gives none (`gateway/pki/free-peer-certificates.ts`). */
const leaks = /^(?!\s*(?:\*|\/\/|\/\*)).*\.getPeerX509Certificate\(\)/mu
const programs = /^(?:gateway|agent|idp)\/(?!testing\/)/u

it('no program asks a connection for its certificate by the call that leaks it: `peerCertificate` does not', () => {
  expect(leaks.test('const certificate = socket.getPeerX509Certificate()')).toBe(true)
  expect(sourceFiles().filter((file) => programs.test(file) && !isTest(file) && leaks.test(readProjectFile(file)))).toEqual([])
})
