package sallyport.rules.accompanied_test

import data.sallyport.example
import data.sallyport.rules.accompanied

new(mode) := object.union(example.with_approval({"mode": mode}), {"technician": {"trainings": [{
	"product_line": "press",
	"level": 1,
	"valid_until": example.now + 86400,
}]}})

test_a_new_technician_needs_somebody_at_the_machine if {
	accompanied.satisfied with input as new("attended")
	every mode in ["reconnect", "planned", "unattended"] { not accompanied.satisfied with input as new(mode) }
	{denial.code | some denial in accompanied.denials} == {"not_accompanied"} with input as new("planned")
	accompanied.missing == {"customer_approval"} with input as new("planned")
}

test_that_there_is_no_approval_yet_another_rule_says if {
	accompanied.satisfied with input as object.union(new("attended"), {"approval": null})
}

test_others_are_not_bounded if accompanied.satisfied with input as example.with_approval({"mode": "unattended"})

test_the_end_of_a_training_changes_it if (example.now + 86400) in accompanied.changes_at with input as new("attended")
