import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const unit = (name: string): ReadonlyMap<string, readonly string[]> => {
  const settings = new Map<string, string[]>()
  for (const line of readFileSync(new URL(`sallyport-${name}.service`, import.meta.url), 'utf8').split('\n')) {
    const at = line.indexOf('=')
    if (at > 0 && !line.startsWith('#')) settings.set(line.slice(0, at), [...(settings.get(line.slice(0, at)) ?? []), line.slice(at + 1)])
  }
  return settings
}

describe('the units', () => {
  it.each(['idp', 'gateway', 'agent'])('leave what %s makes to its user alone, and take from it what it never needs', (name) => {
    expect(unit(name).get('UMask')).toEqual(['0077'])
    for (const setting of ['NoNewPrivileges', 'ProtectHome', 'PrivateTmp', 'PrivateDevices', 'RestrictSUIDSGID'])
      expect(unit(name).get(setting), setting).toEqual(['yes'])
  })

  it('start the identity provider as it allows itself to be started', () => {
    expect(unit('idp').get('Environment')).toEqual(['NODE_ENV=production'])
    expect(unit('idp').get('Group')).toEqual(['sallyport'])
  })

  it('keep each of the two users from what is the other’s', () => {
    expect(unit('gateway').get('SupplementaryGroups')).toEqual(['sallyport'])
    expect(unit('gateway').get('InaccessiblePaths')).toEqual(['/var/lib/sallyport/idp /var/lib/sallyport/idp.json'])
    expect(unit('idp').get('InaccessiblePaths')).toEqual(['/var/lib/sallyport/gateway /var/lib/sallyport/gateway.json'])
    expect(unit('idp').get('User')).not.toEqual(unit('gateway').get('User'))
  })
})
