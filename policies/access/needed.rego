# Which rules must all be satisfied for which action. An action that is not listed is denied.
# Rules of your own beside these: name them with their actions in the data (`data/also_needed.json`), or add them to the sets here.
package sallyport.access

needed[action] := shipped[action] | also if action := input.action

also contains name if {
	some name, actions in data.also_needed
	input.action in actions
}

shipped := {
	# Seeing a machine at all: in lists, counts, search and by its address.
	"view": {"account", "region", "permission", "training"},
	# Asking the people at the machine for access.
	"request": (before_session | {"duration"}),
	# Opening the approved session, and each stream in it.
	"open": (in_session | {"duration"}),
	"use": in_session,
	# Asking for more time.
	"extend": (in_session | {"duration", "extension"}),
	"transfer": in_session,
	# Looking back.
	"watch_recording": {"account", "region", "permission"},
	"export": {"account", "region", "permission"},
}

before_session := {
	"account",
	"region",
	"permission",
	"training",
	"undertaking",
	"authentication",
	"device",
	"customer_switch",
	"contract",
	"recording",
	"opening_hours",
	"session",
}

in_session := before_session | {"customer_approval", "approver", "time_limit"}
