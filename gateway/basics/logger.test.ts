import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

describe('the logger', () => {
  it('names the codes of errors and hides what is secret, one level down too', () => {
    const module = new URL('logger.ts', import.meta.url).href
    const script = `
      import { createLogger } from ${JSON.stringify(module)}
      const error = Object.assign(new Error('no way'), { code: 'not_signed_in' })
      createLogger({ name: 'test', level: 'info' }).warn({ err: error, code: 'x', token: 'hidden-1', options: { password: 'hidden-2' } }, 'said')`
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]
    const said = execFileSync('sh', ['-c', 'exec "$0" "$@" 2>&1', process.execPath, ...args], { encoding: 'utf8' })
    const line = JSON.parse(said) as object
    expect(line).toMatchObject({ code: 'x', err: { code: 'not_signed_in' }, token: '[secret]', options: { password: '[secret]' } })
    expect(said).not.toContain('hidden')
  })
})
