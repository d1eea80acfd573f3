import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { panelWords } from './panel-words.ts'

const agentRoom = (room: string): string => fileURLToPath(new URL(`../../../agent/${room}/`, import.meta.url))
const sourcesOf = (room: string): string =>
  readdirSync(agentRoom(room))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(agentRoom(room) + name, 'utf8'))
    .join('\n')

describe('the words of the panel', () => {
  it('have a sentence for every reason that the gateway gives for refusing or closing a tunnel', () => {
    const declared = /export type TunnelRefusal =([^\n]*\n(?:\s*\|[^\n]*\n)*)/u.exec(sourcesOf('wire'))?.[1] ?? ''
    const reasons = [...declared.matchAll(/'([a-z-]+)'/gu)].map((found) => found[1])
    expect(reasons).toContain('revoked')
    expect(Object.keys(panelWords.en.connectionReasons)).toEqual(expect.arrayContaining(reasons))
  })

  it('have a sentence for every failure of dialling and enrolling that a person can do something about', () => {
    const dialled = [
      ...sourcesOf('link').matchAll(/code: '((?:bad_ca|bad_gateway|dial|wrong|tls|other_authority|proxy)[a-z_]*|ECONNRESET)'/gu),
    ]
    const enrolled = [...sourcesOf('enrolment').matchAll(/code: '((?:enrolment|renewal|clock|no_password|foreign|certificate)[a-z_]*)'/gu)]
    const reasons = [...dialled, ...enrolled].map((found) => found[1])
    expect(reasons.length).toBeGreaterThan(8)
    expect(Object.keys(panelWords.de.connectionReasons)).toEqual(expect.arrayContaining(reasons))
  })
})
