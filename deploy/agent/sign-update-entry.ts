// `npm run agent:sign`: makes keys for updates of the agent, and signs updates.
import { signUpdate } from './sign-update.ts'

try {
  await signUpdate(process.argv.slice(2), (line) => void process.stdout.write(`${line}\n`))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
