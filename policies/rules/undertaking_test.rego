package sallyport.rules.undertaking_test

import data.sallyport.example
import data.sallyport.rules.undertaking

codes := {denial.code | some denial in undertaking.denials}

test_the_current_undertaking_passes if {
	undertaking.satisfied with input as example.use_input with data.undertaking as example.policy_data.undertaking
	count(codes) == 0 with input as example.use_input with data.undertaking as example.policy_data.undertaking
}

test_without_a_signature if {
	changed := object.union(example.use_input, {"technician": object.union(example.technician, {"undertaking": null})})
	not undertaking.satisfied with input as changed
	codes == {"undertaking_missing"} with input as changed
	undertaking.missing == {"undertaking"} with input as changed
}

test_a_new_version_asks_again if {
	codes == {"undertaking_outdated"} with input as example.use_input with data.undertaking.version as "2027-01"
}
