import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CodedError } from '../basics/coded-error.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import { policyReasonsSchema } from '../decisions/policy-reasons.ts'
import { policyRevision } from './policy-files.ts'

export const policyManifestSchema = z.strictObject({
  revision: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  opa_version: z.string(),
  wasm_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  data_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  reasons_sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type PolicyManifest = z.infer<typeof policyManifestSchema>

const mostWasmBytes = 16 * 1024 * 1024

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * The compiled policy that lies in `<dir>/compiled`, after proving that it is what the manifest says and belongs to the sources beside it.
 * @throws CodedError `policy_damaged`, `policy_out_of_date`, `policy_not_readable`
 */
export async function loadShippedPolicy(dir: string): Promise<CompiledPolicy> {
  const read = (name: string): Promise<Buffer> => readCompiled(join(dir, 'compiled', name))
  const names = ['manifest.json', 'policy.wasm', 'data.json', 'reasons.json'] as const
  const [manifestBytes, wasm, data, reasons] = await Promise.all(
    names.map(read) as [Promise<Buffer>, Promise<Buffer>, Promise<Buffer>, Promise<Buffer>],
  )
  const manifest = readManifest(manifestBytes, dir)
  if (wasm.length > mostWasmBytes) throw damaged(dir, `policy.wasm is larger than ${mostWasmBytes} bytes`)
  if (sha256Hex(wasm) !== manifest.wasm_sha256) throw damaged(dir, 'policy.wasm has another SHA-256 than the manifest says')
  if (sha256Hex(data) !== manifest.data_sha256) throw damaged(dir, 'data.json has another SHA-256 than the manifest says')
  if (sha256Hex(reasons) !== manifest.reasons_sha256) throw damaged(dir, 'reasons.json has another SHA-256 than the manifest says')
  if (policyRevision(dir) !== manifest.revision) {
    const message = `The compiled policy in ${dir} is not that of the Rego sources, data and tests beside it. Compile them with: node policies/build.ts`
    throw new CodedError({ code: 'policy_out_of_date', message, remedy: 'fix' })
  }
  return {
    revision: manifest.revision,
    wasm,
    data: JSON.parse(data.toString('utf8')) as Record<string, unknown>,
    reasons: policyReasonsSchema.parse(JSON.parse(reasons.toString('utf8'))),
    opaVersion: manifest.opa_version,
  }
}

async function readCompiled(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new CodedError({ code: 'policy_not_readable', message: `The compiled policy cannot be read: ${path}.`, remedy: 'fix', cause })
  }
}

function readManifest(bytes: Buffer, dir: string): PolicyManifest {
  try {
    return policyManifestSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch {
    throw damaged(dir, 'manifest.json is not a manifest')
  }
}

function damaged(dir: string, what: string): CodedError {
  return new CodedError({
    code: 'policy_damaged',
    message: `The compiled policy in ${dir} is damaged: ${what}. Compile it again with: node policies/build.ts`,
    remedy: 'fix',
  })
}
