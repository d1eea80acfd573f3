// @ts-check
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInOurPlace } from '../setup/run-program.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Starts one of the programs of an installed release with the Node that came with the package, under which it was tested and
 * whose faults are known; else with this one where it is new enough.
 * @param {string} entry relative to the package: `gateway/main.js`
 */
export async function launch(entry) {
  const needed = String(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).engines.node).replace(/[^\d.]/gu, '')
  const node = nodeOfPackage() ?? (isNewEnough(process.versions.node, needed) ? process.execPath : undefined)
  if (node === undefined) {
    process.stderr.write(`sallyport: This needs Node ${needed} or newer and runs on ${process.versions.node}: install a newer Node.\n`)
    process.exitCode = 1
    return
  }
  const args = ['--disable-warning=ExperimentalWarning', join(ROOT, entry), ...process.argv.slice(2)]
  process.exitCode = await runInOurPlace(node, args, { tied: true })
}

/**
 * @param {string} version such as `24.21.0`
 * @param {string} needed
 */
export function isNewEnough(version, needed) {
  const [have, want] = [version, needed].map((each) => each.split('.').map(Number))
  const at = [0, 1, 2].find((index) => have?.[index] !== want?.[index])
  return at === undefined || Number(have?.[at]) > Number(want?.[at])
}

function nodeOfPackage() {
  try {
    const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
    return existsSync(node) ? node : undefined
  } catch {
    return undefined
  }
}
