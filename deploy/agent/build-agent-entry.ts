// `npm run agent:build`: makes dist/agent/sallyport-agent, which runs on a machine of this processor and operating system without anything beside it.
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildAgent } from './build-agent.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = await buildAgent({
  root,
  pagesDir: join(root, 'dist/pages'),
  target: join(root, 'dist/agent'),
  node: process.execPath,
})
process.stdout.write(`${relative(root, program)}\n`)
