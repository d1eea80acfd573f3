import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { developmentPrefix, pinnedKeyCount, readTrust } from '../../agent/updates/pinned-keys.ts'
import { writeNoteKey } from '../../agent/updates/signed-note.ts'

/** Public keys, one a line; `#` begins a comment. @throws AgentError `bad_key` unless there are three different ones */
export async function readUpdateKeys(file: string): Promise<readonly string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.replace(/#.*/, '').trim())
  const keys = lines.filter((line) => line !== '')
  readTrust(keys)
  return keys
}

/** Keys for trying updates on this computer: made once, and kept in `folder`. Whoever can read it can sign. */
export async function developmentKeys(folder: string): Promise<readonly string[]> {
  const list = join(folder, 'update-keys.txt')
  try {
    return await readUpdateKeys(list)
  } catch {
    await mkdir(folder, { recursive: true })
  }
  const keys: string[] = []
  for (let number = 1; number <= pinnedKeyCount; number += 1) {
    const name = `${developmentPrefix}${number}`
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    await writeFile(
      join(folder, `${name}.key`),
      `sallyport-update-key ${name}\n${privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}`,
      { mode: 0o600 },
    )
    keys.push(writeNoteKey(name, publicKey))
  }
  await writeFile(list, `# For development alone: the private keys lie beside this file.\n${keys.join('\n')}\n`)
  return keys
}
