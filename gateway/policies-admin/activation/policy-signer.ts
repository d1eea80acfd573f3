import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'

/** What a gateway signs of a policy, by a key that lies beside its database: Ed25519 over plain lines, so that anybody can check it. */
export interface PolicySigner {
  signBundle(policy: CompiledPolicy): string
  isBundle(policy: CompiledPolicy, signature: string): boolean
  signActivation(step: SignedStep, policy: CompiledPolicy): string
  isActivation(step: SignedStep, policy: CompiledPolicy, signature: string): boolean
}

export interface SignedStep {
  readonly sequence: number
  readonly previous: string | null
}

export const policyKeyFile = (dataDir: string): string => join(dataDir, 'policy', 'signing-key.pem')

/** The key that is there, or null. Another key than the one that signed is as good as none: what it signed does not verify. */
export async function readPolicyKey(dataDir: string): Promise<PolicySigner | null> {
  const pem = await readFile(policyKeyFile(dataDir), 'utf8').catch(() => null)
  try {
    return pem === null ? null : signerWith(createPrivateKey(pem))
  } catch {
    return null
  }
}

/** A new key, for an installation that has signed nothing yet or has lost what it had. */
export async function makePolicyKey(dataDir: string): Promise<PolicySigner> {
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeDurably(policyKeyFile(dataDir), privateKey.export({ format: 'pem', type: 'pkcs8' }))
  return signerWith(privateKey)
}

/** Whole or not at all, and on the disk when it resolves. */
export async function writeDurably(file: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function signerWith(key: KeyObject): PolicySigner {
  const publicKey = createPublicKey(key)
  const signed = (lines: readonly string[]): string => sign(null, bytesOf(lines), key).toString('base64')
  const holds = (lines: readonly string[], signature: string): boolean =>
    verify(null, bytesOf(lines), publicKey, Buffer.from(signature, 'base64'))
  return {
    signBundle: (policy) => signed(bundleLines(policy)),
    isBundle: (policy, signature) => holds(bundleLines(policy), signature),
    signActivation: (step, policy) => signed(activationLines(step, policy)),
    isActivation: (step, policy, signature) => holds(activationLines(step, policy), signature),
  }
}

const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`)
const digest = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

const bundleLines = (policy: CompiledPolicy): string[] => [
  'sallyport policy bundle v1',
  `revision ${policy.revision}`,
  `wasm sha256 ${digest(policy.wasm)}`,
  `data sha256 ${digest(JSON.stringify(policy.data))}`,
  `reasons sha256 ${digest(JSON.stringify(policy.reasons))}`,
  `opa ${policy.opaVersion}`,
]

const activationLines = ({ sequence, previous }: SignedStep, policy: CompiledPolicy): string[] => [
  'sallyport policy activation v1',
  `sequence ${sequence}`,
  `previous ${previous ?? 'none'}`,
  ...bundleLines(policy),
]
