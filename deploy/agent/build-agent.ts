import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import { promisify } from 'node:util'

export interface BuildAgentOptions {
  /** Of the sources. */
  readonly root: string
  /** The built pages: `panel` and `mirror` of it are taken. */
  readonly pagesDir: string
  /** Where the program and what it is made of go. */
  readonly target: string
  /** The Node that becomes the program; it also makes it, since the blob is for this version alone. */
  readonly node: string
  /** Of updates: none, or three (agent/updates/pinned-keys.ts). */
  readonly updateKeys: readonly string[]
  /** Another one than that of the sources. */
  readonly version?: string
}

/** In the binary of Node, to be flipped when a program is put into it (https://nodejs.org/api/single-executable-applications.html). */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** Makes `sallyport-agent`: Node, the agent as one script, and the panel's pages, in one file. @returns its path @throws what a tool says */
export async function buildAgent(options: BuildAgentOptions): Promise<string> {
  const { pagesDir, target, node } = options
  const parts = join(target, 'parts')
  await rm(parts, { recursive: true, force: true })
  await mkdir(parts, { recursive: true })
  await bundle(options, parts)
  const blob = join(parts, 'agent.blob')
  const settings = {
    main: join(parts, 'main.cjs'),
    output: blob,
    disableExperimentalSEAWarning: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Whoever can set the environment of a service changes nothing of the program by NODE_OPTIONS.
    execArgvExtension: 'none',
    assets: await assetsOf(pagesDir),
  }
  await writeFile(join(parts, 'sea.json'), JSON.stringify(settings))
  await promisify(execFile)(node, ['--experimental-sea-config', join(parts, 'sea.json')])
  // Beside the old one until it is whole: that may be running.
  const made = join(parts, 'sallyport-agent')
  await copyFile(node, made)
  // As a program of its own, it keeps what its library finds strange about any binary of Node to itself.
  const postject = createRequire(import.meta.url).resolve('postject/dist/cli.js')
  await promisify(execFile)(node, [postject, made, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse])
  await chmod(made, 0o755)
  const program = join(target, 'sallyport-agent')
  await rename(made, program)
  return program
}

/** CommonJS: Node takes no other script into an executable. */
async function bundle({ root, updateKeys, version }: BuildAgentOptions, outDir: string): Promise<void> {
  // It starts something when it is loaded, which only a build may.
  const { build } = await import('vite')
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    define: {
      SALLYPORT_UPDATE_KEYS: JSON.stringify(updateKeys),
      ...(version === undefined ? {} : { SALLYPORT_AGENT_VERSION: JSON.stringify(version) }),
    },
    build: {
      ssr: join(root, 'agent/main.ts'),
      outDir,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'main.cjs', codeSplitting: false } },
    },
  })
}

/** Each file by its path, as agent/panel/page-source.ts asks for it. */
async function assetsOf(folder: string): Promise<Record<string, string>> {
  const found = await Promise.all(['panel', 'mirror'].map((set) => readdir(join(folder, set), { recursive: true, withFileTypes: true })))
  const paths = found.flat().flatMap((one) => (one.isFile() ? [join(one.parentPath, one.name)] : []))
  return Object.fromEntries(paths.toSorted().map((path) => [relative(folder, path).split(sep).join('/'), path]))
}
