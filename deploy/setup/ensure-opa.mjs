// @ts-check
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fetchChecked } from './fetch-checked.mjs'
import { findPrograms } from './find-program.mjs'
import { runQuietly } from './run-program.mjs'
import { say, sayWhile } from './say.mjs'
import { SetupProblem } from './setup-problem.mjs'

/**
 * The Rego compiler in the pinned version: named by `SALLYPORT_OPA`, on the path, in the project's cache, built by Go,
 * or the official release where its SHA-256 is pinned.
 * @param {string} root
 * @returns {Promise<string>} path of the program
 */
export async function ensureOpa(root) {
  const version = pinnedOpa(root)
  const cached = join(root, '.cache/opa', version, 'opa')
  const ready = (await namedOpa(version)) ?? (await firstOfVersion([...findPrograms(['opa']), cached], version))
  if (ready !== undefined) return ready
  const built = await buildWithGo(version, cached)
  if (built) return cached
  const problem = await fetchRelease(version, cached)
  if (problem === undefined) return cached
  throw new SetupProblem(
    `The policies need opa ${version} (${problem}): install Go, or install that opa and name it in SALLYPORT_OPA, and start again.`,
  )
}

/** @param {string} root */
function pinnedOpa(root) {
  return String(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).sallyport.opa)
}

/** @param {string} version */
async function namedOpa(version) {
  const named = process.env['SALLYPORT_OPA']
  if (named === undefined || named === '') return undefined
  const got = await versionOf(named)
  if (got === version) return named
  throw new SetupProblem(
    `SALLYPORT_OPA names ${named}, which is ${got === undefined ? 'no opa' : `opa ${got}`}: the policies need ${version}.`,
  )
}

/**
 * @param {readonly string[]} candidates
 * @param {string} version
 */
async function firstOfVersion(candidates, version) {
  for (const candidate of candidates) {
    if ((await versionOf(candidate)) === version) return candidate
  }
  return undefined
}

/** @param {string} opa */
async function versionOf(opa) {
  const { code, output } = await runQuietly(opa, ['version'])
  return code === 0 ? /^Version: (\S+)/mu.exec(output)?.[1] : undefined
}

/**
 * @param {string} version
 * @param {string} target
 */
async function buildWithGo(version, target) {
  const [go] = findPrograms(['go'])
  if (go === undefined) return false
  mkdirSync(dirname(target), { recursive: true })
  return sayWhile(`building opa ${version} with Go (about two minutes, once)`, async () => {
    const env = { ...process.env, GOBIN: dirname(target), GOFLAGS: '', CGO_ENABLED: '0' }
    const { code, output } = await runQuietly(go, ['install', `github.com/open-policy-agent/opa@v${version}`], { env })
    if (code === 0 && (await versionOf(target)) === version) return true
    say(`go install did not give opa ${version}: ${output.trim().split('\n').slice(-2).join(' ')}`)
    return false
  })
}

/**
 * @param {string} version
 * @param {string} target
 * @returns {Promise<string | undefined>} why there is none, or undefined
 */
async function fetchRelease(version, target) {
  const { origin, files, sha256 } = JSON.parse(readFileSync(new URL('opa-releases.json', import.meta.url), 'utf8'))
  const platform = `${process.platform}-${process.arch}`
  const pinned = sha256[version]?.[platform]
  if (pinned === undefined) return `no checksum of the official release for ${platform} is pinned here, so it is not fetched`
  return sayWhile(`fetching opa ${version}`, () =>
    fetchChecked({ url: `${origin}/v${version}/${files[platform]}`, sha256: pinned, target }),
  )
}
