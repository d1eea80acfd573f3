package sallyport.rules.time_limit_test

import data.sallyport.example
import data.sallyport.rules.time_limit

satisfied if time_limit.satisfied with data.limits as example.policy_data.limits

codes contains denial.code if some denial in time_limit.denials with data.limits as example.policy_data.limits

changes_at contains instant if some instant in time_limit.changes_at with data.limits as example.policy_data.limits

approved_at := example.now - 300

test_a_session_within_its_time_passes if {
	satisfied with input as example.use_input
	changes_at == {approved_at + 14400} with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_the_time_is_over_after_the_longest_duration if {
	codes == {"time_limit"} with input as example.at(approved_at + 14400)
	satisfied with input as example.at(approved_at + 14399)
}

test_each_extension_gives_the_time_once_more if {
	extended := object.union(example.at(approved_at + 14400), {"session": {"extensions": 1}})
	satisfied with input as extended
}

test_neither_opening_late_nor_the_approval_of_an_extension_prolongs_it if {
	late := object.union(example.with_session({"opened_at": example.now - 1}), {"approval": {"granted_at": example.now - 2}})
	changes_at == {approved_at + 14400} with input as late
}

test_the_first_approval_starts_the_time_that_it_is_judged_by if {
	fresh := object.union(example.use_input, {"session": object.union(example.session, {"approved_at": null, "opened_at": null})})
	changes_at == {(example.now - 300) + 14400} with input as fresh
}

test_without_an_approval_there_is_no_time_at_all if {
	neither := object.union(example.use_input, {
		"approval": null,
		"session": object.union(example.session, {"approved_at": null, "opened_at": null}),
	})
	not satisfied with input as neither
}
