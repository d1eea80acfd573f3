package sallyport.rules.trainee_test

import data.sallyport.access
import data.sallyport.example
import data.sallyport.rules.trainee

of_level(level) := example.with_technician({"trainings": [{
	"product_line": "press",
	"level": level,
	"valid_until": example.now + 86400,
}]})

shell(level) := object.union(of_level(level), {"service": {"name": "shell", "kind": "ssh"}})

test_a_trainee_opens_pages_only if {
	trainee.satisfied with input as of_level(1)
	trainee.satisfied with input as object.union(of_level(1), {"service": null})
	{denial.code | some denial in trainee.denials} == {"trainee_reads_only"} with input as shell(1)
	trainee.missing == {"training"} with input as shell(1)
}

test_a_trainee_changes_nothing if {
	some rule in access.request_rules with input as of_level(1)
	rule.effect == "deny"
	"POST" in rule.methods
}

test_who_is_trained_is_not_bounded if {
	trainee.satisfied with input as shell(2)
	count(access.request_rules) == 0 with input as of_level(2)
}

test_who_has_no_training_is_no_trainee if {
	trainee.satisfied with input as object.union(shell(1), {"technician": {"trainings": []}})
}

test_the_end_of_a_training_changes_it if (example.now + 86400) in trainee.changes_at with input as of_level(1)
