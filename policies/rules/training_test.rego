package sallyport.rules.training_test

import data.sallyport.example
import data.sallyport.rules.training

codes := {denial.code | some denial in training.denials}

test_a_current_training_passes if {
	training.satisfied with input as example.use_input
	training.changes_at == {example.now + 86400} with input as example.use_input
	count(training.missing) == 0 with input as example.use_input
}

trained(product_line, level, valid_until) := example.with_technician({"trainings": [{
	"product_line": product_line,
	"level": level,
	"valid_until": valid_until,
}]})

test_a_training_for_another_product_line_does_not_count if {
	codes == {"no_training"} with input as trained("platesetter", 3, example.now + 1)
	training.missing == {"training"} with input as trained("platesetter", 3, example.now + 1)
}

test_a_training_ends_at_its_last_instant if {
	training.satisfied with input as trained("press", 1, example.now + 1)
	codes == {"training_expired"} with input as trained("press", 1, example.now)
}

test_a_level_too_low_is_refused if {
	codes == {"training_level_too_low"} with input as trained("press", 2, example.now + 1)
		with data.requirements.training.level as {"press": 3}
}

test_level_0_needs_no_training if {
	training.satisfied with input as example.with_technician({"trainings": []})
		with data.requirements.training.level as {"press": 0}
}

test_one_good_training_among_old_ones_is_enough if {
	training.satisfied with input as example.with_technician({"trainings": [
		{"product_line": "press", "level": 3, "valid_until": 1},
		{"product_line": "press", "level": 1, "valid_until": example.now + 5},
	]})
}
