import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { build, defineConfig } from 'vite'
import type { InlineConfig, Plugin } from 'vite'

/** Where the pages go; tests build into a folder of their own, so that they neither read nor write what others serve. */
const pagesDir = process.env['SALLYPORT_PAGES_DIR']

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Each is built into a folder of its own: the gateway serves the portal, the agent the panel, and the mirror on another port. */
const pages = (name: 'portal' | 'panel' | 'mirror' | 'bar', plugins: Plugin[] = []): InlineConfig => ({
  root: here(name),
  base: '/',
  configFile: false,
  plugins: [react(), ...plugins],
  build: {
    outDir: pagesDir === undefined ? here(`../dist/pages/${name}`) : join(pagesDir, name),
    emptyOutDir: true,
    target: 'es2023',
    // A `data:` stylesheet or script would break the content security policy, and an inlined font is not worth a rule.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
})

const thenOthers: Plugin = {
  name: 'sallyport-others-after-portal',
  apply: 'build',
  async closeBundle() {
    await build({ ...pages('panel'), logLevel: 'warn' })
    await build({ ...pages('mirror'), logLevel: 'warn' })
    await build({ ...bar, logLevel: 'warn' })
    await build({ ...recorder, logLevel: 'warn' })
  },
}

/** Beside the portal's pages, since the gateway serves both, each on hosts of its own. */
const bar: InlineConfig = pages('bar')
bar.build = { ...bar.build, outDir: pagesDir === undefined ? here('../dist/pages/portal/bar') : join(pagesDir, 'portal/bar') }

/** One classic script beside the portal's pages: the gateway puts it into the pages of machines, where it must run before anything else. */
const recorder: InlineConfig = {
  root: here('recorder'),
  configFile: false,
  publicDir: false,
  build: {
    outDir: pagesDir === undefined ? here('../dist/pages/portal') : join(pagesDir, 'portal'),
    emptyOutDir: false,
    target: 'es2023',
    reportCompressedSize: false,
    rolldownOptions: { input: here('recorder/main.ts'), output: { format: 'iife', entryFileNames: 'recorder.js', codeSplitting: false } },
  },
}

export default defineConfig(pages('portal', [thenOthers]))
