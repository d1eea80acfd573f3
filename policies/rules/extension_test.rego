package sallyport.rules.extension_test

import data.sallyport.example
import data.sallyport.rules.extension

codes := {denial.code | some denial in extension.denials}

test_one_more_extension_passes if {
	extension.satisfied with input as example.with_session({"extensions": 2}) with data.limits as example.policy_data.limits
	count(codes) == 0 with input as example.use_input with data.limits as example.policy_data.limits
}

test_the_last_extension_is_used_up if {
	changed := example.with_session({"extensions": 3})
	not extension.satisfied with input as changed with data.limits as example.policy_data.limits
	codes == {"extension_limit"} with input as changed with data.limits as example.policy_data.limits
}

test_without_a_session_there_is_nothing_to_extend if {
	none := object.union(example.use_input, {"session": null})
	not extension.satisfied with input as none
	count(codes) == 0 with input as none
}
