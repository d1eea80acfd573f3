package sallyport.rules.extension_test

import data.sallyport.example
import data.sallyport.rules.extension

satisfied if extension.satisfied with data.limits as example.policy_data.limits

codes contains denial.code if some denial in extension.denials with data.limits as example.policy_data.limits

test_one_more_extension_passes if {
	satisfied with input as example.with_session({"extensions": 2})
	count(codes) == 0 with input as example.use_input
}

test_the_last_extension_is_used_up if {
	changed := example.with_session({"extensions": 3})
	not satisfied with input as changed
	codes == {"extension_limit"} with input as changed
}

test_without_a_session_there_is_nothing_to_extend if {
	none := object.union(example.use_input, {"session": null})
	not satisfied with input as none
	count(codes) == 0 with input as none
}
