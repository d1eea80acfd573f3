import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { AgentSettings } from './agent-settings.ts'
import { readSettings } from './read-settings.ts'

/**
 * Reads and checks `agent.json`, and what the environment says of a proxy.
 *
 * @throws AgentError `bad_settings`, `settings_unreadable`
 */
export async function loadSettings(file: string, environment: NodeJS.ProcessEnv = {}): Promise<AgentSettings> {
  const path = resolve(file)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new AgentError({
      code: 'settings_unreadable',
      message: `The settings file ${path} cannot be read (${errorCode(error)}). Give its path with --config.`,
      cause: error,
    })
  }
  return readSettings({ text, baseDir: dirname(path), defaultPagesDir: defaultPagesDir(), environment })
}

/** Where the panel's pages are built to; the single executable has them inside. */
const defaultPagesDir = (): string | null => (isSea() ? null : fileURLToPath(new URL('../../dist/pages/panel', import.meta.url)))
