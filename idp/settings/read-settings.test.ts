import { describe, expect, it } from 'vitest'
import { isCodedError } from '../../gateway/basics/coded-error.ts'
import { readSettings } from './read-settings.ts'

const good = {
  issuer: 'https://id.example.com',
  dataDir: '/var/lib/sallyport-idp',
  listen: { socket: '/run/sallyport/id.sock' },
  trustedProxy: true,
  admin: { socket: '/run/sallyport/idp-admin.sock', tokenFile: '/etc/sallyport/idp-admin-token' },
  clients: [
    {
      client_id: 'portal',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] },
      redirect_uris: ['https://portal.example.com/cb'],
      firstParty: true,
    },
  ],
}

function problemsOf(settings: unknown): string[] {
  try {
    readSettings(JSON.stringify(settings))
  } catch (error) {
    if (isCodedError(error, 'settings_invalid')) return error.problems.map(({ path }) => path)
    throw error
  }
  return []
}

describe('settings', () => {
  it('are read with their defaults and frozen to the bottom', () => {
    const settings = readSettings(JSON.stringify(good))
    expect(settings).toMatchObject({
      demo: false,
      logLevel: 'info',
      socketMode: '0600',
      clients: [{ post_logout_redirect_uris: [], firstParty: true }],
    })
    expect(Object.isFrozen(settings.clients[0]?.redirect_uris)).toBe(true)
  })

  it('report every problem at once, each with its path', () => {
    const problems = problemsOf({
      ...good,
      issuer: 'ftp',
      dataDir: 'relative',
      listen: {},
      admin: { socket: '/x' },
      clients: [{}],
      extra: 1,
    })
    expect(problems).toEqual(
      expect.arrayContaining(['issuer', 'dataDir', 'listen', 'admin.tokenFile', 'clients.0.client_id', 'clients.0.redirect_uris', '']),
    )
  })

  it('take plain http only for the demo and only on localhost names', () => {
    const http = { ...good, issuer: 'http://id.sallyport.localhost:8080' }
    expect(problemsOf(http)).toEqual(['issuer'])
    expect(problemsOf({ ...http, demo: true })).toEqual([])
    expect(problemsOf({ ...http, issuer: 'http://id.example.com', demo: true })).toEqual(['issuer'])
  })

  it('trust a front only behind a socket, and need a certificate elsewhere', () => {
    expect(problemsOf({ ...good, trustedProxy: false })).toEqual(['trustedProxy'])
    expect(problemsOf({ ...good, listen: { host: '0.0.0.0', port: 443 } }).toSorted()).toEqual(['listen', 'trustedProxy'])
  })

  it('refuse private keys, wildcards and http in what clients register', () => {
    const [client] = good.clients
    const bad = {
      ...client,
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'secret' }] },
      redirect_uris: ['https://*.example.com/cb', 'http://portal.example.com/'],
    }
    expect(problemsOf({ ...good, clients: [bad] })).toEqual(expect.arrayContaining(['clients.0.jwks.keys.0.d']))
    expect(problemsOf({ ...good, clients: [{ ...client, redirect_uris: bad.redirect_uris }, client] })).toEqual([
      'clients.0.redirect_uris.0',
      'clients.0.redirect_uris.1',
      'clients',
    ])
  })

  it('open the sockets to the group at most', () => {
    expect(problemsOf({ ...good, socketMode: '0660' })).toEqual([])
    for (const mode of ['0666', '0777', '660', 0o660, '', null]) expect(problemsOf({ ...good, socketMode: mode })).toEqual(['socketMode'])
  })

  it('that are not JSON say so', () => {
    expect(() => readSettings('{')).toThrow(/is not JSON/)
  })
})
