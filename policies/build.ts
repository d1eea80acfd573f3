import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compilePolicy } from '../gateway/policies-admin/compile-policy.ts'
import { sha256Hex } from '../gateway/policies-admin/load-shipped-policy.ts'
import type { PolicyManifest } from '../gateway/policies-admin/load-shipped-policy.ts'
import { generateCapabilities } from './generate-capabilities.ts'
import { generateContractPage } from './generate-contract-page.ts'
import { generateSchemas } from './generate-schemas.ts'
import { policiesDir, projectOpa } from './project-opa.ts'

/** `node policies/build.ts`: writes schemas, capabilities, the page of the contract and the compiled policy. Needs the Rego compiler; whoever only runs it does not. */
export async function buildPolicies(dir: string, opa: string): Promise<PolicyManifest> {
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(dir, name), content)
  for (const folder of ['schemas/data', 'compiled']) mkdirSync(join(dir, folder), { recursive: true })
  for (const [name, text] of Object.entries(generateSchemas())) write(`schemas/${name}`, text)
  write('capabilities.json', await generateCapabilities(opa))
  const policy = await compilePolicy({ dir, opa, contractDir: dir })
  const data = Buffer.from(`${JSON.stringify(policy.data, null, 2)}\n`)
  const reasons = Buffer.from(`${JSON.stringify(policy.reasons, null, 2)}\n`)
  const manifest = {
    revision: policy.revision,
    opa_version: policy.opaVersion,
    wasm_sha256: sha256Hex(policy.wasm),
    data_sha256: sha256Hex(data),
    reasons_sha256: sha256Hex(reasons),
  }
  write('compiled/policy.wasm', policy.wasm)
  write('compiled/data.json', data)
  write('compiled/reasons.json', reasons)
  write('compiled/manifest.json', `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

if (import.meta.main) {
  const manifest = await buildPolicies(policiesDir, projectOpa())
  writeFileSync(join(policiesDir, '../docs/policy-contract.md'), generateContractPage())
  process.stdout.write(`${manifest.revision}\n`)
}
