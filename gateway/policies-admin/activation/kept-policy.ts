import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { policyReasonsSchema } from '../../decisions/policy-reasons.ts'
import type { RevisionBundle } from '../revisions/revision.ts'
import { writeDurably } from './policy-signer.ts'

/** The newest activated policy, once more, beside the database: what is good when the database is not, and how far the numbers had come. */
export interface KeptPolicy {
  readonly sequence: number
  readonly previous: string | null
  /** Unix milliseconds. */
  readonly at: number
  /** Of the activation. */
  readonly activationSignature: string
  readonly bundle: RevisionBundle
}

export type KeptFinding = { readonly kept: KeptPolicy } | { readonly problem: 'absent' | 'policy_oversized' | 'policy_corrupt' }

/** A bundle of {@link mostKeptBytes} is larger than anything that can be activated. */
const mostKeptBytes = 64 * 1024 * 1024
const fileIn = (dataDir: string): string => join(dataDir, 'policy', 'last-good.json')

const schema = z.strictObject({
  sequence: z.int().min(1),
  previous: z.string().nullable(),
  at: z.int(),
  activation_signature: z.string(),
  revision: z.string(),
  opa_version: z.string(),
  bundle_signature: z.string(),
  sources: z.record(z.string(), z.string()),
  wasm: z.base64(),
  data: z.record(z.string(), z.unknown()),
  reasons: policyReasonsSchema,
})

export async function keepPolicy(dataDir: string, { sequence, previous, at, activationSignature, bundle }: KeptPolicy): Promise<void> {
  const { policy, sources, signature } = bundle
  const written: z.infer<typeof schema> = {
    sequence,
    previous,
    at,
    activation_signature: activationSignature,
    revision: policy.revision,
    opa_version: policy.opaVersion,
    bundle_signature: signature,
    sources: { ...sources },
    wasm: Buffer.from(policy.wasm).toString('base64'),
    data: { ...policy.data },
    reasons: policy.reasons,
  }
  await writeDurably(fileIn(dataDir), JSON.stringify(written))
}

export async function readKeptPolicy(dataDir: string): Promise<KeptFinding> {
  const file = fileIn(dataDir)
  const found = await stat(file).catch(() => null)
  if (found === null) return { problem: 'absent' }
  if (found.size > mostKeptBytes) return { problem: 'policy_oversized' }
  const read = schema.safeParse(await readFile(file, 'utf8').then(parsed, () => undefined))
  if (!read.success) return { problem: 'policy_corrupt' }
  const { sequence, previous, at, revision, sources, wasm, data, reasons } = read.data
  const policy = { revision, wasm: Buffer.from(wasm, 'base64'), data, reasons, opaVersion: read.data.opa_version }
  const bundle = { sources, policy, signature: read.data.bundle_signature }
  return { kept: { sequence, previous, at, activationSignature: read.data.activation_signature, bundle } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
