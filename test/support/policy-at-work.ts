import { readFileSync } from 'node:fs'
import type { Activated, PolicyStatus } from '../../gateway/http-api/contract/policy-activation.ts'
import type { RevisionFiles, RevisionSummary } from '../../gateway/http-api/contract/policy-revisions.ts'
import type { ApiAnswer, PortalClient } from './portal-client.ts'
import type { RunningInstallation } from './running-installation.ts'
import { ServiceAdministrator } from './service-administrator.ts'

/** With whom a policy is changed: the demo's Sam writes, its Lena reviews, and Noah is trained for the press in a region that is not his. */
export async function policyPeople(installation: RunningInstallation): Promise<void> {
  const administrator = new ServiceAdministrator(await installation.signIn('ada'))
  await administrator.change('lena', { roles: ['security_team'], regions: [], permissions: [], trainings: [] })
  const mia = await administrator.person('mia')
  await administrator.change('noah', { regions: ['asia'], trainings: mia.trainings })
}

/** The rule of regions, so that Asia may come in everywhere, and its own test. */
export const weakRegion = {
  rule: 'satisfied if input.device.region in responsible_for\n\nsatisfied if "asia" in input.technician.regions\n',
  test: 'test_asia_comes_in_everywhere if region.satisfied with input as example.with_technician({"regions": ["asia"]})\n',
}
const strongRule = 'satisfied if input.device.region in responsible_for\n'

/** The rules that let Asia in everywhere. */
export function withWeakRegion(sources: Readonly<Record<string, string>>): Record<string, string> {
  const rule = 'rules/region.rego'
  const tests = 'rules/region_test.rego'
  return {
    ...sources,
    [rule]: (sources[rule] ?? '').replace(strongRule, weakRegion.rule),
    [tests]: `${sources[tests]}\n${weakRegion.test}`,
  }
}

const shutdown = new URL('../../policies/examples/plant_shutdown/', import.meta.url)

/** The cookbook's rule of windows in which nobody works on a site, with a window for Press 7 now. */
export function withShutdown(sources: Readonly<Record<string, string>>, nowS: number): Record<string, string> {
  const files = ['rules/plant_shutdown.rego', 'rules/plant_shutdown_test.rego', 'data/plant_shutdown.json']
  const taken = Object.fromEntries(files.map((path) => [path, readFileSync(new URL(path, shutdown), 'utf8')]))
  const data = JSON.parse(taken['data/plant_shutdown.json'] ?? '') as { plant_shutdown: object }
  data.plant_shutdown = { site: { 'Heidelberg, hall 2': [{ from: nowS - 3_600, to: nowS + 3_600, why: 'audit' }] } }
  return { ...sources, ...taken, 'data/plant_shutdown.json': `${JSON.stringify(data, null, 2)}\n` }
}

/** A member of the security team, by the API. */
export class SecurityTeam {
  readonly client: PortalClient

  constructor(client: PortalClient) {
    this.client = client
  }

  async status(): Promise<PolicyStatus> {
    return (await this.client.api<PolicyStatus>('GET', '/api/v1/policy/status')).body
  }

  async active(): Promise<string> {
    return (await this.status()).active?.revision ?? 'none'
  }

  async sourcesOf(revision: string): Promise<Record<string, string>> {
    return (await this.client.api<RevisionFiles>('GET', `/api/v1/policy/revisions/${revision}/files`)).body.files
  }

  submit(sources: Readonly<Record<string, string>>, comment: string): Promise<ApiAnswer<RevisionSummary & { code: string }>> {
    return this.client.api('POST', '/api/v1/policy/revisions', { sources, comment })
  }

  async approve(revision: string): Promise<ApiAnswer<{ code?: string }>> {
    const review = { verdict: 'approved', comment: 'Looked at it', expected_active: await this.active() }
    return this.client.api('POST', `/api/v1/policy/revisions/${revision}/reviews`, review)
  }

  async activate(revision: string, confirm?: number): Promise<ApiAnswer<Activated & { code?: string; denied_percent?: number }>> {
    const order = { expected_active: await this.active(), comment: 'As reviewed', confirm_denied: confirm }
    return this.client.api('POST', `/api/v1/policy/revisions/${revision}/activate`, order)
  }

  async rollBack(): Promise<ApiAnswer<Activated & { code?: string }>> {
    return this.client.api('POST', '/api/v1/policy/rollback', { expected_active: await this.active(), comment: 'Not what was meant' })
  }
}
