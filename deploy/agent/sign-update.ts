import { execFile } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs, promisify } from 'node:util'
import { packageHead } from '../../agent/updates/package-file.ts'
import { readTrust } from '../../agent/updates/pinned-keys.ts'
import { parseRelease, thisPlatform, writeRelease } from '../../agent/updates/release-note.ts'
import type { Release } from '../../agent/updates/release-note.ts'
import { parseNote, signatureLine, verifyNote, writeNoteKey } from '../../agent/updates/signed-note.ts'
import { readUpdateKeys } from './update-keys.ts'

const signUsage = `Usage: npm run agent:sign -- COMMAND
  key NAME --out FILE [--passphrase-file FILE]        makes a key, writes its private half and prints the public one
  note --program FILE --out NOTE [--version V] [--platform linux-x64] [--news-en TEXT]... [--news-de TEXT]... [--expires 2027-06-30T00:00:00Z]
  add NOTE --key FILE [--program FILE] [--passphrase-file FILE]
                                                      signs the note; with the program, after looking whether it is about that
  pack NOTE --program FILE --out PACKAGE [--update-keys FILE]
                                                      makes the file for machines; with the keys, after looking whether two of them signed
`

const options = {
  out: { type: 'string' },
  program: { type: 'string' },
  key: { type: 'string' },
  version: { type: 'string' },
  platform: { type: 'string', default: thisPlatform },
  expires: { type: 'string' },
  'news-en': { type: 'string', multiple: true },
  'news-de': { type: 'string', multiple: true },
  'passphrase-file': { type: 'string' },
  'update-keys': { type: 'string' },
} as const

/** First line of a key file. */
const nameLine = 'sallyport-update-key '

type Values = ReturnType<typeof parse>['values']
const parse = (args: readonly string[]) => parseArgs({ args: [...args], allowPositionals: true, options })

/** What the machine builder does with an update before it leaves his house. @throws Error that says what is missing or wrong */
export async function signUpdate(args: readonly string[], say: (line: string) => void): Promise<void> {
  const { values, positionals } = parse(args)
  const [command, what] = positionals
  if (command === 'key') return makeKey(needed(what, 'NAME'), values, say)
  if (command === 'note') return writeNote(values, say)
  if (command === 'add') return addSignature(needed(what, 'NOTE'), values, say)
  if (command === 'pack') return pack(needed(what, 'NOTE'), values, say)
  throw new Error(signUsage)
}

async function makeKey(name: string, values: Values, say: (line: string) => void): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const line = writeNoteKey(name, publicKey)
  if (/[\s+]/.test(name)) throw new Error('The name of a key has no spaces and no plus.')
  const passphrase = await passphraseOf(values)
  const pem = privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
  })
  // What stands before the PEM is for us: the name goes with the key, whatever the file is called.
  await writeFile(needed(values.out, '--out'), `${nameLine}${name}\n${pem.toString()}`, { mode: 0o600, flag: 'wx' })
  say(line)
}

async function writeNote(values: Values, say: (line: string) => void): Promise<void> {
  const program = resolve(needed(values.program, '--program'))
  const release: Release = {
    version: values.version ?? (await versionOf(program)),
    platform: values.platform,
    ...(await measure(program)),
    expiresMs: values.expires === undefined ? null : Date.parse(values.expires),
    news: { en: values['news-en'] ?? [], de: values['news-de'] ?? [] },
  }
  await writeFile(needed(values.out, '--out'), writeRelease(release), { flag: 'wx' })
  say(`version ${release.version} for ${release.platform}, ${release.length} bytes, SHA-256 ${release.sha256}`)
}

/** The program says it itself where this computer is of its kind. */
async function versionOf(program: string): Promise<string> {
  try {
    return (await promisify(execFile)(program, ['--version'], { env: {} })).stdout.trim()
  } catch (error) {
    throw new Error('The program does not say its version here: give it with --version.', { cause: error })
  }
}

async function addSignature(note: string, values: Values, say: (line: string) => void): Promise<void> {
  const bytes = await readFile(note)
  const { text, signatures } = takeApart(bytes)
  const release = parseRelease(text)
  if (values.program !== undefined) await sameProgram(release, values.program)
  const passphrase = await passphraseOf(values)
  const file = needed(values.key, '--key')
  const written = await readFile(file, 'utf8')
  const name = new RegExp(`^${nameLine}(\\S+)$`, 'm').exec(written)?.[1]
  if (name === undefined) throw new Error(`${file} is not a key that "key" has written.`)
  const key = createPrivateKey({ key: written, ...(passphrase === undefined ? {} : { passphrase }) })
  const line = signatureLine(text, name, key)
  if (signatures.includes(line)) throw new Error(`${name} has signed it already.`)
  await writeFile(note, `${text}\n${signatures}${line}`)
  say(`${name} signed version ${release.version} for ${release.platform}: ${writeNoteKey(name, createPublicKey(key))}`)
}

async function pack(note: string, values: Values, say: (line: string) => void): Promise<void> {
  const bytes = await readFile(note)
  const signed = parseNote(bytes)
  const release = parseRelease(signed.text)
  const program = needed(values.program, '--program')
  await sameProgram(release, program)
  if (values['update-keys'] !== undefined) {
    const { keys, threshold } = readTrust(await readUpdateKeys(values['update-keys']))
    say(`signed by ${verifyNote(signed, keys, threshold).join(' and ')}`)
  }
  const out = createWriteStream(needed(values.out, '--out'), { flags: 'wx' })
  out.write(Buffer.concat([packageHead(bytes), bytes]))
  await pipeline(createReadStream(program), out)
  say(`wrote ${values.out}: version ${release.version} for ${release.platform}`)
}

/** A note as `note` writes it has no signatures yet. */
function takeApart(bytes: Buffer): { readonly text: string; readonly signatures: string } {
  const whole = bytes.toString('utf8')
  const split = whole.lastIndexOf('\n\n')
  return split < 0 ? { text: whole, signatures: '' } : { text: whole.slice(0, split + 1), signatures: whole.slice(split + 2) }
}

async function measure(program: string): Promise<Pick<Release, 'length' | 'sha256'>> {
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of createReadStream(program)) {
    hash.update(chunk as Buffer)
    length += (chunk as Buffer).length
  }
  return { length, sha256: hash.digest('hex') }
}

async function sameProgram(release: Release, program: string): Promise<void> {
  const { length, sha256 } = await measure(program)
  if (length !== release.length || sha256 !== release.sha256)
    throw new Error(`The note is not about ${program}: that has ${length} bytes and SHA-256 ${sha256}.`)
}

async function passphraseOf(values: Values): Promise<string | undefined> {
  const file = values['passphrase-file']
  return file === undefined ? undefined : (await readFile(file, 'utf8')).trim()
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`${name} is missing.\n${signUsage}`)
  return value
}
