import type { PolicySources } from '../policy-files.ts'

/** A whole policy of one rule, that nothing is to be said of. */
export const smallPolicy: PolicySources = {
  'access/decision.rego': `package sallyport.access

import data.sallyport.rules

decision := {
	"allow": rules.region.satisfied,
	"denials": rules.region.denials,
	"missing": set(),
	"limits": {},
	"valid_until": 253402300799,
}
`,
  'access/decision_test.rego': `package sallyport.access_test

import data.sallyport.access

test_who_is_at_home_gets_in if {
	access.decision.allow with input as {"device": {"region": "dach"}, "technician": {"regions": ["dach"]}}
}
`,
  'rules/region.rego': `# Where a technician works.
package sallyport.rules.region

default satisfied := false

satisfied if input.device.region in input.technician.regions

# METADATA
# custom:
#   reasons:
#     outside_region:
#       granted_by: service_administrator
#       de: {reason: Die Maschine liegt anderswo., remedy: Die Serviceverwaltung kann die Region zuordnen.}
#       en: {reason: The machine is elsewhere., remedy: The service administration can assign the region.}
denials contains {"code": "outside_region", "message": "elsewhere"} if not satisfied
`,
  'rules/region_test.rego': `package sallyport.rules.region_test

import data.sallyport.rules.region

test_elsewhere_is_refused if {
	not region.satisfied with input as {"device": {"region": "dach"}, "technician": {"regions": []}}
	count(region.denials) == 1 with input as {"device": {"region": "dach"}, "technician": {"regions": []}}
}
`,
}

/** The same with some files written anew, or taken away by null. */
export function withFiles(changes: Readonly<Record<string, string | null>>): PolicySources {
  return Object.fromEntries(Object.entries({ ...smallPolicy, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null))
}

/** A rule of the decision that stands beside the one of {@link smallPolicy}, and its test. */
export function withRule(name: string, rego: string, test = `test_it if count(${name}.denials) >= 0`): PolicySources {
  return withFiles({
    [`rules/${name}.rego`]: `package sallyport.rules.${name}\n\n${rego}\n`,
    [`rules/${name}_test.rego`]: `package sallyport.rules.${name}_test\n\nimport data.sallyport.rules.${name}\n\n${test}\n`,
    'access/decision.rego': (smallPolicy['access/decision.rego'] ?? '').replace(
      '"denials": rules.region.denials,',
      `"denials": {denial | some denial in rules[_].denials},`,
    ),
  })
}
