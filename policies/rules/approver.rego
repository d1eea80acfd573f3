# Whose approval counts, and how it must have been given. `data.approvers` bounds it for a site and for a product line; where both do,
# both must be met. Where neither does, everybody at the machine may approve.
package sallyport.rules.approver

default satisfied := false

satisfied if {
	every bound in bounds { met(bound) }
	by_somebody_else
}

bounds contains data.approvers.site[input.device.site]

bounds contains data.approvers.product_line[input.device.product_line]

met(bound) if {
	operator_counts(bound)
	proof_suffices(bound)
	mode_allowed(bound)
}

operator_counts(bound) if not bound.operators

operator_counts(bound) if input.approval.operator in bound.operators

strength := {"none": 0, "pin": 1, "hardware": 2}

proof_suffices(bound) if not bound.proof

proof_suffices(bound) if strength[input.approval.proof] >= strength[bound.proof]

mode_allowed(bound) if not bound.modes

mode_allowed(bound) if input.approval.mode in bound.modes

by_somebody_else if data.approvers.not_oneself == false

# All that tells people apart here is the name that stands in the approval.
by_somebody_else if {
	data.approvers.not_oneself == true
	plain(input.approval.operator) != plain(input.technician.name)
}

plain(name) := lower(trim_space(name))

# METADATA
# custom:
#   reasons:
#     approver_not_listed:
#       granted_by: operator
#       de:
#         reason: Wer an der Maschine zugestimmt hat, darf hier nicht zustimmen.
#         remedy: Erneut anfragen und jemanden zustimmen lassen, der es hier darf.
#       en:
#         reason: Who approved at the machine may not approve here.
#         remedy: Ask again, and let somebody approve who may do so here.
denials contains {"code": "approver_not_listed", "message": "Who approved at the machine may not approve here."} if {
	some bound in bounds
	input.approval != null
	not operator_counts(bound)
}

# METADATA
# custom:
#   reasons:
#     approval_proof_too_weak:
#       granted_by: operator
#       de:
#         reason: Wer zugestimmt hat, hat sich an der Maschine nicht gut genug ausgewiesen.
#         remedy: Erneut anfragen. Der Bediener muss sich mit PIN oder Schlüssel ausweisen.
#       en:
#         reason: Who approved did not show well enough at the machine who that is.
#         remedy: Ask again. The operator has to identify with a PIN or a key.
denials contains {
	"code": "approval_proof_too_weak",
	"message": concat("", ["Who approves here has to show who that is, at least with: ", bound.proof, "."]),
} if {
	some bound in bounds
	input.approval != null
	not proof_suffices(bound)
}

# METADATA
# custom:
#   reasons:
#     approval_mode_not_allowed:
#       granted_by: operator
#       de:
#         reason: Auf diese Weise darf hier niemand zustimmen.
#         remedy: Erneut anfragen und den Bediener für genau diese Sitzung zustimmen lassen.
#       en:
#         reason: Nobody may approve in this way here.
#         remedy: Ask again, and let the operator approve this very session.
denials contains {
	"code": "approval_mode_not_allowed",
	"message": concat("", ["An approval of this kind does not count here: ", input.approval.mode, "."]),
} if {
	some bound in bounds
	not mode_allowed(bound)
}

# METADATA
# custom:
#   reasons:
#     approved_by_oneself:
#       granted_by: operator
#       de:
#         reason: Niemand darf der eigenen Sitzung zustimmen.
#         remedy: Erneut anfragen und jemand anderen an der Maschine zustimmen lassen.
#       en:
#         reason: Nobody may approve a session of their own.
#         remedy: Ask again, and let somebody else at the machine approve.
denials contains {"code": "approved_by_oneself", "message": "Nobody may approve a session of their own."} if {
	input.approval != null
	not by_somebody_else
}

# METADATA
# custom:
#   missing:
#     other_approval: {de: Zustimmung durch eine hier berechtigte Person, en: Approval by somebody who may approve here}
missing contains "other_approval" if count(denials) > 0
