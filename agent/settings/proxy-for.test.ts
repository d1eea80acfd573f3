import { describe, expect, it } from 'vitest'
import type { FieldProblem } from '../basics/agent-error.ts'
import { proxyFor, readEnvironmentProxy } from './proxy-for.ts'

const proxyOf = (environment: NodeJS.ProcessEnv) => {
  const problems: FieldProblem[] = []
  return { found: readEnvironmentProxy(environment, problems), problems }
}

const way = (host: string, noProxy = '', port = 7443): string => {
  const { found } = proxyOf({ HTTPS_PROXY: 'http://proxy.plant:3128', NO_PROXY: noProxy })
  return proxyFor({ proxy: null, environmentProxy: found }, { host, port }) === null ? 'direct' : 'proxy'
}

describe('HTTPS_PROXY', () => {
  it('is read with user and password or without, lower case first', () => {
    expect(proxyOf({}).found).toBeNull()
    expect(proxyOf({ HTTPS_PROXY: '' }).found).toBeNull()
    expect(proxyOf({ HTTPS_PROXY: 'proxy.plant:3128', https_proxy: 'http://other:80/' }).found?.proxy).toEqual({
      address: { host: 'other', port: 80 },
      user: null,
      password: null,
    })
    expect(proxyOf({ HTTPS_PROXY: 'http://pr%40ess:open%20sesame@[::1]:3128' }).found?.proxy).toEqual({
      address: { host: '::1', port: 3128 },
      user: 'pr@ess',
      password: { text: 'open sesame' },
    })
  })

  it.each([
    'https://proxy:3128',
    'socks5://proxy:1080',
    'http://proxy/path',
    'http://',
    'http://a%0d%0ab:secret@proxy:1',
    'http://a%3ab:secret@proxy:1',
  ])('that says %s is refused by its name, and its value is not repeated', (text) => {
    const { found, problems } = proxyOf({ HTTPS_PROXY: text })
    expect([found, problems.map(({ path }) => path)]).toEqual([null, ['HTTPS_PROXY (environment)']])
    expect(JSON.stringify(problems)).not.toContain('secret')
  })

  it('is asked for every gateway that NO_PROXY does not cover, and never for this machine itself', () => {
    expect(way('gw.example')).toBe('proxy')
    for (const host of ['localhost', '127.0.0.1', '::1']) expect(way(host), host).toBe('direct')
    expect(
      proxyFor(
        { proxy: { address: { host: 'p', port: 1 }, user: null, password: null }, environmentProxy: null },
        { host: 'localhost', port: 1 },
      ),
    ).not.toBeNull()
  })

  it.each([
    ['*', 'gw.example', 'direct'],
    ['gw.example', 'gw.example', 'direct'],
    ['GW.Example', 'gw.example', 'direct'],
    ['example', 'gw.example', 'direct'],
    ['.example', 'gw.example', 'direct'],
    ['*.example', 'gw.example', 'direct'],
    ['w.example', 'gw.example', 'proxy'],
    ['other, gw.example', 'gw.example', 'direct'],
    ['gw.example:7443', 'gw.example', 'direct'],
    ['gw.example:443', 'gw.example', 'proxy'],
    ['10.0.0.0/8', '10.1.2.3', 'direct'],
    ['10.0.0.0/8', '11.1.2.3', 'proxy'],
    ['10.0.0.0/99', '10.1.2.3', 'proxy'],
    ['10.1.2.3', '10.1.2.3', 'direct'],
    ['2.3', '10.1.2.3', 'proxy'],
    ['fd00::/8', 'fd00::1', 'direct'],
    ['[fd00::1]:7443', 'fd00::1', 'direct'],
    ['10.0.0.0/8', 'gw.example', 'proxy'],
    ['', 'gw.example', 'proxy'],
  ])('NO_PROXY=%s: the way to %s is %s', (noProxy, host, expected) => {
    expect(way(host, noProxy)).toBe(expected)
  })
})
