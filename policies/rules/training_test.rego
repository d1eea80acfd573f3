package sallyport.rules.training_test

import data.sallyport.example
import data.sallyport.rules.training

satisfied if training.satisfied with data.requirements as example.policy_data.requirements

codes contains denial.code if some denial in training.denials with data.requirements as example.policy_data.requirements

missing contains what if some what in training.missing with data.requirements as example.policy_data.requirements

test_a_current_training_passes if {
	satisfied with input as example.use_input
	training.changes_at == {example.now + 86400} with input as example.use_input
	count(missing) == 0 with input as example.use_input
}

requiring(level) := example.with_data({"requirements": {"training": {"level": {"press": level}}}})

trained(product_line, level, valid_until) := example.with_technician({"trainings": [{
	"product_line": product_line,
	"level": level,
	"valid_until": valid_until,
}]})

test_a_training_for_another_product_line_does_not_count if {
	codes == {"no_training"} with input as trained("platesetter", 3, example.now + 1)
	missing == {"training"} with input as trained("platesetter", 3, example.now + 1)
}

test_a_training_ends_at_its_last_instant if {
	satisfied with input as trained("press", 1, example.now + 1)
	codes == {"training_expired"} with input as trained("press", 1, example.now)
}

test_a_level_too_low_is_refused if {
	codes == {"training_level_too_low"} with input as trained("press", 2, example.now + 1)
		with example.policy_data as requiring(3)
}

test_level_0_needs_no_training if {
	satisfied with input as example.with_technician({"trainings": []})
		with example.policy_data as requiring(0)
}

test_one_good_training_among_old_ones_is_enough if {
	satisfied with input as example.with_technician({"trainings": [
		{"product_line": "press", "level": 3, "valid_until": 1},
		{"product_line": "press", "level": 1, "valid_until": example.now + 5},
	]})
}
