package sallyport.rules.duration_test

import data.sallyport.example
import data.sallyport.rules.duration

codes := {denial.code | some denial in duration.denials}

test_a_duration_within_the_limit_passes if {
	duration.satisfied with input as example.use_input with data.limits as example.policy_data.limits
	count(codes) == 0 with input as example.use_input with data.limits as example.policy_data.limits
}

test_the_limit_depends_on_the_kind_of_service if {
	changed := object.union(example.with_session({"duration_s": 3601}), {"service": {"name": "shell", "kind": "ssh"}})
	codes == {"duration_too_long"} with input as changed with data.limits as example.policy_data.limits
	duration.missing == {"shorter_duration"} with input as changed with data.limits as example.policy_data.limits
	duration.satisfied with input as example.with_session({"duration_s": 3601}) with data.limits as example.policy_data.limits
}

test_a_kind_without_a_limit_gets_no_time if {
	not duration.satisfied with input as example.use_input with data.limits.max_duration_s as {}
}

test_without_a_session_nothing_is_too_long if {
	none := object.union(example.use_input, {"session": null})
	not duration.satisfied with input as none
	count(codes) == 0 with input as none
	count(duration.missing) == 0 with input as none
}
