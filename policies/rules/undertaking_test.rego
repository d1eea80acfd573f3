package sallyport.rules.undertaking_test

import data.sallyport.example
import data.sallyport.rules.undertaking

satisfied if undertaking.satisfied with data.undertaking as example.policy_data.undertaking

codes contains denial.code if some denial in undertaking.denials with data.undertaking as example.policy_data.undertaking

missing contains what if some what in undertaking.missing with data.undertaking as example.policy_data.undertaking

test_the_current_undertaking_passes if {
	satisfied with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_without_a_signature if {
	changed := object.union(example.use_input, {"technician": object.union(example.technician, {"undertaking": null})})
	not satisfied with input as changed
	codes == {"undertaking_missing"} with input as changed
	missing == {"undertaking"} with input as changed
}

test_a_new_version_asks_again if {
	codes == {"undertaking_outdated"} with input as example.use_input
		with example.policy_data as example.with_data({"undertaking": {"version": "2027-01"}})
}
