import { Command, InvalidArgumentError } from 'commander'
import { usualFolder } from '../../deploy/demo/demo-folder.ts'
import type { RunningDemo } from '../../deploy/demo/start-demo.ts'
import { untilSignal } from './until-signal.ts'

/** Runs everything on this machine: the shortest way to see what it is. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('run gateway, identity provider and three machines on this computer')
    .option('--data <dir>', `folder that is kept (default: ${usualFolder})`)
    .option('--port <n>', 'public port; 0: every port is any free one', parsePort)
    .option('--json', 'one line of JSON on stdout once everything is up, and nothing else', false)
    .action(async (options: { data?: string; port?: number; json: boolean }) => {
      const { startDemo } = await import('../../deploy/demo/start-demo.ts')
      const demo = await startDemo({ dataDir: options.data ?? null, port: options.port ?? null })
      // Whoever reads that it is up may send a signal at once: it is listened for already.
      const ending = untilSignal(demo, { failed: demo.failed })
      process.stdout.write(options.json ? `${JSON.stringify(demo.description)}\n` : told(demo))
      const why = await ending
      const failed = why.startsWith('failed')
      if (failed) process.stderr.write(`sallyport: The demo ${why}.\n`)
      process.exit(failed ? 1 : 0)
    })

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('a number from 0 to 65535')
}

function told({ description: demo, dataDir }: RunningDemo): string {
  const wide = Math.max(...demo.accounts.map(({ username }) => username.length))
  return [
    '',
    '  Sallyport is running, all of it on this computer (a demo: not for production).',
    '',
    `  Start here   ${demo.portal}/walk-through`,
    `  Portal       ${demo.portal}`,
    '',
    '  Accounts',
    ...demo.accounts.map(
      ({ role, name, username, password }) => `    ${username.padEnd(wide)}  ${password.padEnd(22)} ${name}, ${role.replaceAll('_', ' ')}`,
    ),
    '',
    '  Operator panels (each link pairs the browser that opens it)',
    ...demo.machines.map(({ name, panel }) => `    ${name.padEnd(18)} ${panel}`),
    '',
    '  Try first: sign in as mia, ask for Press 7, open its panel in another window, press the button, then open the machine.',
    `  Ctrl-C ends everything. The data stays in ${dataDir}; --data DIR names another folder.`,
    '',
    '',
  ].join('\n')
}
