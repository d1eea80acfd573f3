// Loads every module that is named on stdin (JSON) under plain Node and prints those that could not be loaded, or that
// started something by being loaded, as one line of JSON.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

interface Failure {
  readonly file: string
  readonly problem: string
}

const files = JSON.parse(readFileSync(0, 'utf8')) as readonly string[]
const failures: Failure[] = []
const running = () =>
  process.getActiveResourcesInfo().filter((kind) => !/^(TTYWrap|PipeWrap|FSReqPromise|CloseReq|MessagePort)$/u.test(kind))
let before = running().length

for (const file of files) {
  try {
    await import(pathToFileURL(file).href)
    const now = running()
    if (now.length > before) failures.push({ file, problem: `started something when it was imported: ${now.join(', ')}` })
    before = now.length
  } catch (error) {
    failures.push({ file, problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
  }
}
process.stdout.write(`${JSON.stringify(failures)}\n`, () => process.exit(0))
