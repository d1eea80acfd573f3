// `npm run release`: makes dist/release/sallyport-<version>.tgz. Node runs no TypeScript inside node_modules, so it holds the
// emitted JavaScript, in the same order of rooms as the sources, with the built pages and everything else that is read.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listFiles } from '../setup/digest-files.mjs'
import { runNpm } from '../setup/run-npm.mjs'
import { runInOurPlace } from '../setup/run-program.mjs'
import { projectSbom } from './project-sbom.ts'
import { releaseManifest } from './release-manifest.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TARGET = join(ROOT, 'dist/release')
const PACKAGE = join(TARGET, 'package')
const ROOMS = ['gateway', 'idp', 'agent', 'policies', 'deploy/demo', 'deploy/systemd']
const LAUNCHERS = ['sallyport', 'sallyport-agent', 'sallyport-idp', 'launch'].map((name) => `deploy/release/${name}.mjs`)

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

function copy(path: string): void {
  mkdirSync(dirname(join(PACKAGE, path)), { recursive: true })
  cpSync(join(ROOT, path), join(PACKAGE, path), { recursive: true })
}

function copyWhatIsRead(): void {
  const isRead = (path: string): boolean => !/\.(ts|tsx|md)$/u.test(path)
  for (const path of ROOMS.flatMap((room) => listFiles(ROOT, room)).filter(isRead)) copy(path)
  for (const path of ['dist/pages', 'LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', ...LAUNCHERS, 'deploy/setup/run-program.mjs'])
    copy(path)
}

function writeManifest(): void {
  const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
  const { packageJson, shrinkwrap } = releaseManifest(read('package.json'), read('package-lock.json'))
  writeFileSync(join(PACKAGE, 'package.json'), `${JSON.stringify(packageJson, null, 2)}\n`)
  writeFileSync(join(PACKAGE, 'npm-shrinkwrap.json'), `${JSON.stringify(shrinkwrap, null, 2)}\n`)
}

rmSync(TARGET, { recursive: true, force: true })
mkdirSync(PACKAGE, { recursive: true })
const emitted = await runInOurPlace(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'deploy/release'], {
  cwd: ROOT,
})
if (emitted !== 0) fail('The sources do not compile: mend what tsc names above.')
copyWhatIsRead()
writeManifest()
writeFileSync(join(PACKAGE, 'sallyport.cdx.json'), projectSbom(ROOT))
const packed = await runNpm({ node: process.execPath, cwd: PACKAGE, args: ['pack', '--ignore-scripts', '--pack-destination', TARGET] })
if (packed.code !== 0) fail(`${packed.output}\nnpm could not pack the release: mend what it names above.`)
console.log(join('dist/release', packed.output.trim().split('\n').at(-1) ?? ''))
