# Somebody responsible at the machine must have pressed the button for this session, and the approval must still hold.
package sallyport.rules.customer_approval

default satisfied := false

satisfied if {
	granted
	not_expired
	covers_service
}

# The machine's clock signs the instant; a small difference to ours is no reason to refuse.
granted_from := input.approval.granted_at - data.limits.clock_tolerance_s

granted if granted_from <= input.time.unix

not_expired if input.time.unix < input.approval.expires_at

covers_service if input.service.name in input.approval.services

covers_service if {
	input.service == null
	count(input.approval.services) > 0
}

# METADATA
# custom:
#   reasons:
#     no_approval:
#       granted_by: operator
#       de:
#         reason: An der Maschine hat noch niemand zugestimmt.
#         remedy: Der Bediener muss die Fernservice-Taste an der Maschine drücken.
#       en:
#         reason: Nobody at the machine has approved yet.
#         remedy: The operator has to press the remote service button at the machine.
denials contains {
	"code": "no_approval",
	"message": "Nobody at the machine has approved this session.",
} if {
	not granted
}

# METADATA
# custom:
#   reasons:
#     approval_expired:
#       granted_by: self
#       de:
#         reason: Die Freigabe an der Maschine ist abgelaufen.
#         remedy: Erneut anfragen oder rechtzeitig verlängern.
#       en:
#         reason: The approval given at the machine has run out.
#         remedy: Ask again, or extend in time.
denials contains {
	"code": "approval_expired",
	"message": "The approval given at the machine has run out.",
} if {
	input.approval != null
	not not_expired
}

# METADATA
# custom:
#   reasons:
#     service_not_approved:
#       granted_by: self
#       de:
#         reason: Die Freigabe an der Maschine umfasst diesen Dienst nicht.
#         remedy: Eine Sitzung mit diesem Dienst anfragen.
#       en:
#         reason: The approval given at the machine does not cover this service.
#         remedy: Ask for a session with this service.
denials contains {
	"code": "service_not_approved",
	"message": "The approval given at the machine does not cover this service.",
} if {
	input.approval != null
	not covers_service
}

# METADATA
# custom:
#   missing:
#     customer_approval: {de: Zustimmung an der Maschine, en: Approval at the machine}
missing contains "customer_approval" if not satisfied

changes_at contains granted_from

changes_at contains input.approval.expires_at
