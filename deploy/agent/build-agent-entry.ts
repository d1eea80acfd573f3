// `npm run agent:build`: makes dist/agent/sallyport-agent, which runs on a machine of this processor and operating system without anything beside it.
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildAgent } from './build-agent.ts'
import { developmentKeys, readUpdateKeys } from './update-keys.ts'

const { values } = parseArgs({
  options: { 'update-keys': { type: 'string' }, 'no-update-keys': { type: 'boolean', default: false }, version: { type: 'string' } },
})
const root = fileURLToPath(new URL('../..', import.meta.url))
const target = join(root, 'dist/agent')
const keyFile = values['update-keys'] ?? process.env['SALLYPORT_UPDATE_KEYS']

async function keys(): Promise<readonly string[]> {
  if (values['no-update-keys']) return []
  if (keyFile !== undefined) return readUpdateKeys(keyFile)
  process.stderr.write(
    'Updates of this program are signed with keys for development (dist/agent/development-keys): --update-keys names yours.\n',
  )
  return developmentKeys(join(target, 'development-keys'))
}

const program = await buildAgent({
  root,
  pagesDir: join(root, 'dist/pages'),
  target,
  node: process.execPath,
  updateKeys: await keys(),
  ...(values.version === undefined ? {} : { version: values.version }),
})
process.stdout.write(`${relative(root, program)}\n`)
