package sallyport.rules.duration_test

import data.sallyport.example
import data.sallyport.rules.duration

satisfied if duration.satisfied with data.limits as example.policy_data.limits

codes contains denial.code if some denial in duration.denials with data.limits as example.policy_data.limits

missing contains what if some what in duration.missing with data.limits as example.policy_data.limits

test_a_duration_within_the_limit_passes if {
	satisfied with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_the_limit_depends_on_the_kind_of_service if {
	changed := object.union(example.with_session({"duration_s": 3601}), {"service": {"name": "shell", "kind": "ssh"}})
	codes == {"duration_too_long"} with input as changed
	missing == {"shorter_duration"} with input as changed
	satisfied with input as example.with_session({"duration_s": 3601})
}

test_all_of_the_limit_may_be_asked_for if {
	satisfied with input as example.with_session({"duration_s": 14400})
	codes == {"duration_too_long"} with input as example.with_session({"duration_s": 14401})
}

test_a_kind_without_a_limit_gets_no_time if {
	unknown := object.union(example.use_input, {"service": {"name": "hmi", "kind": "telepathy"}})
	not satisfied with input as unknown
}

test_without_a_session_nothing_is_too_long if {
	none := object.union(example.use_input, {"session": null})
	not satisfied with input as none
	count(codes) == 0 with input as none
	count(missing) == 0 with input as none
}
