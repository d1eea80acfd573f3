# The one question: may this technician do this, on this machine, now? Everything that stands against it is listed at once.
package sallyport.access

import data.sallyport.rules

# METADATA
# entrypoint: true
decision := {
	"allow": allow,
	"denials": denials,
	"missing": missing,
	"limits": limits,
	"valid_until": valid_until,
}

default allow := false

# Only what is proven counts: a rule that has no answer is not satisfied.
allow if {
	count(needed[input.action]) > 0
	every name in needed[input.action] { rules[name].satisfied == true }
	count(reasons) == 0
}

reasons contains denial if {
	some name in needed[input.action]
	some denial in rules[name].denials
}

denials := reasons if count(reasons) > 0

denials := set() if allow

# Nobody is refused without a reason.
# METADATA
# custom:
#   reasons:
#     facts_incomplete:
#       granted_by: service_administrator
#       de:
#         reason: Es liegen nicht genug Angaben vor, um dies zu erlauben.
#         remedy: Die Serviceverwaltung muss die Angaben zu Person und Maschine vervollständigen.
#       en:
#         reason: Not enough is known to allow this.
#         remedy: The service administration has to complete what is known about the person and the machine.
denials := {{"code": "facts_incomplete", "message": "What is known is not enough to allow this."}} if {
	needed[input.action]
	not allow
	count(reasons) == 0
}

# METADATA
# custom:
#   reasons:
#     unknown_action:
#       granted_by: security_team
#       de:
#         reason: Die Zugriffsregeln kennen diese Aktion nicht.
#         remedy: Das Sicherheitsteam muss sie in die Regeln aufnehmen.
#       en:
#         reason: The access rules do not know this action.
#         remedy: The security team has to add it to the rules.
denials := {{"code": "unknown_action", "message": "The policy does not know this action."}} if not needed[input.action]

missing contains what if {
	some name in needed[input.action]
	some what in rules[name].missing
}
