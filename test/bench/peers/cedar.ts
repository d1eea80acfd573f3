import { getCedarVersion, preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import type { EntityJson, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs'
import type { DecisionInput } from '../../../gateway/decisions/decision-input.ts'

/**
 * Another engine, for scale: what the shipped rules and their data say about using a service, in Cedar. It answers yes or no alone: no reasons, nothing that is missing, no limits,
 * no end. Cedar cannot look for one training among several: which of them counts is chosen in {@link questionOf}.
 */
const policy = `
permit (principal, action == Action::"use", resource)
when { principal.status == "active" }
when { principal.regions.contains(resource.region) }
when { principal.permissions.contains("remote_access") }
when {
  (context.kind == "http" && principal.permissions.contains("service_http")) ||
  (context.kind == "vnc" && principal.permissions.contains("service_vnc")) ||
  (context.kind == "ssh" && principal.permissions.contains("service_ssh")) ||
  (context.kind == "tcp" && principal.permissions.contains("service_tcp"))
}
when {
  principal.hasTag(resource.product_line) &&
  principal.getTag(resource.product_line).level >= 1 &&
  principal.getTag(resource.product_line).valid_until > context.now
}
when { principal has undertaking && principal.undertaking == "2026-11" }
when { resource.status == "active" }
when { resource.hasTag(context.service) && resource.getTag(context.service) }
when { !(resource has contract_until) || resource.contract_until > context.now }
when { context has approval && context has session && context.session.id != "" }
when { context.approval.granted_at - 60 <= context.now && context.now < context.approval.expires_at }
when { context.approval.services.contains(context.service) }
when {
  context.now < context.session.started_at +
    (if context.kind == "http" || context.kind == "vnc" then 14400 else 3600) * (1 + context.session.extensions)
};
`
const policySet = 'shipped'

export interface Cedar {
  readonly version: string
  /** About `use`, with a service. */
  questionOf(input: DecisionInput): StatefulAuthorizationCall
  allows(question: StatefulAuthorizationCall): boolean
}

/** The policy parsed and kept, as ours is. */
export function startCedar(): Cedar {
  const parsed = preparsePolicySet(policySet, { staticPolicies: policy })
  if (parsed.type !== 'success') throw new Error(`Cedar refuses the policy: ${JSON.stringify(parsed.errors)}`)
  return { version: getCedarVersion(), questionOf, allows }
}

function allows(question: StatefulAuthorizationCall): boolean {
  const answer = statefulIsAuthorized(question)
  if (answer.type !== 'success') throw new Error(`Cedar did not answer: ${JSON.stringify(answer.errors)}`)
  return answer.response.decision === 'allow'
}

function questionOf({ technician, device, service, approval, session, time }: DecisionInput): StatefulAuthorizationCall {
  const [principal, resource] = [
    { type: 'Technician', id: technician.id },
    { type: 'Device', id: device.id },
  ]
  const lines = new Set(technician.trainings.map((training) => training.product_line))
  const best = (line: string): { level: number; valid_until: number } => {
    const here = technician.trainings.filter((training) => training.product_line === line)
    const enough = here.filter(({ level }) => level >= 1)
    const { level, valid_until } = (enough.length > 0 ? enough : here).reduce((a, b) => (b.valid_until > a.valid_until ? b : a))
    return { level, valid_until }
  }
  const entities: EntityJson[] = [
    {
      uid: principal,
      attrs: {
        status: technician.status,
        regions: technician.regions,
        permissions: technician.permissions,
        ...(technician.undertaking === null ? {} : { undertaking: technician.undertaking.version }),
      },
      parents: [],
      tags: Object.fromEntries([...lines].map((line) => [line, best(line)])),
    },
    {
      uid: resource,
      attrs: {
        status: device.status,
        region: device.region,
        product_line: device.product_line,
        ...((device.contract?.valid_until ?? null) === null ? {} : { contract_until: device.contract?.valid_until ?? 0 }),
      },
      parents: [],
      tags: device.switches,
    },
  ]
  const startedAt = session?.approved_at ?? approval?.granted_at ?? 0
  const context = {
    now: time.unix,
    service: service?.name ?? '',
    kind: service?.kind ?? '',
    ...(approval === null
      ? {}
      : { approval: { granted_at: approval.granted_at, expires_at: approval.expires_at, services: approval.services } }),
    ...(session === null ? {} : { session: { id: session.id, started_at: startedAt, extensions: session.extensions } }),
  }
  const action = { type: 'Action', id: 'use' }
  return { principal, action, resource, context, entities, preparsedPolicySetId: policySet }
}
