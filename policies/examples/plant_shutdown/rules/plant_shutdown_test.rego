package sallyport.rules.plant_shutdown_test

import data.sallyport.example
import data.sallyport.rules.plant_shutdown

windows := {"site": {"Heidelberg": [{"from": example.now + 100, "to": example.now + 200, "why": "audit"}]}}

test_inside_of_a_window_nobody_gets_in if {
	some denial in plant_shutdown.denials with input as example.at(example.now + 100) with data.plant_shutdown as windows
	denial.until == example.now + 200
	contains(denial.message, "audit")
	not plant_shutdown.satisfied with input as example.at(example.now + 199) with data.plant_shutdown as windows
}

test_before_and_after_it_they_do if {
	plant_shutdown.satisfied with input as example.at(example.now + 99) with data.plant_shutdown as windows
	plant_shutdown.satisfied with input as example.at(example.now + 200) with data.plant_shutdown as windows
}

test_other_sites_are_open if {
	plant_shutdown.satisfied with input as example.at(example.now + 100) with data.plant_shutdown as {"site": {}}
}

test_time_changes_it_at_both_ends if {
	plant_shutdown.changes_at == {example.now + 100, example.now + 200} with input as example.use_input
		with data.plant_shutdown as windows
}
