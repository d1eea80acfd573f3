package sallyport.rules.training_in_emergency_test

import data.sallyport.access
import data.sallyport.emergency
import data.sallyport.example
import data.sallyport.rules.training

untrained(permissions, session) := object.union(example.use_input, {
	"technician": {"trainings": [], "permissions": array.concat(["remote_access", "service_http"], permissions)},
	"session": session,
})

said := {"purpose": "EMERGENCY: the press stands still", "ticket": "T-1"}

test_who_says_so_with_a_ticket_needs_no_training if {
	training.satisfied with input as untrained(["emergency"], said)
	count(training.denials) == 0 with input as untrained(["emergency"], said)
}

test_nobody_else_does if {
	not training.satisfied with input as untrained([], said)
	not training.satisfied with input as untrained(["emergency"], {"purpose": "Feeder stops", "ticket": "T-1"})
	not training.satisfied with input as untrained(["emergency"], {"purpose": "EMERGENCY", "ticket": null})
}

test_the_machine_is_seen_beforehand if {
	seen := object.union(untrained(["emergency"], {}), {"action": "view", "session": null, "service": null})
	training.satisfied with input as seen
	asked := untrained(["emergency"], {"purpose": "", "ticket": null})
	training.satisfied with input as asked
}

test_it_is_recorded_where_there_are_pages if {
	access.record with input as untrained(["emergency"], said)
	not access.record with input as untrained([], said)
	shell := object.union(untrained(["emergency"], said), {"service": {"name": "shell", "kind": "ssh"}})
	not access.record with input as shell
	emergency.granted with input as shell
}
