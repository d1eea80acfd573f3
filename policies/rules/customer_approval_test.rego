package sallyport.rules.customer_approval_test

import data.sallyport.example
import data.sallyport.rules.customer_approval

satisfied if customer_approval.satisfied with data.limits as example.policy_data.limits

codes contains denial.code if some denial in customer_approval.denials with data.limits as example.policy_data.limits

missing contains what if some what in customer_approval.missing with data.limits as example.policy_data.limits

changes_at contains instant if some instant in customer_approval.changes_at with data.limits as example.policy_data.limits

test_an_approval_for_the_service_passes if {
	satisfied with input as example.use_input
	count(codes) == 0 with input as example.use_input
	count(missing) == 0 with input as example.use_input
}

test_it_tells_when_it_changes if {
	changes_at == {example.now - 360, example.now + 3300} with input as example.use_input
}

test_without_an_approval if {
	changed := object.union(example.use_input, {"approval": null})
	not satisfied with input as changed
	codes == {"no_approval"} with input as changed
	missing == {"customer_approval"} with input as changed
}

test_an_approval_of_the_future_does_not_count_yet if {
	codes == {"no_approval"} with input as example.with_approval({"granted_at": example.now + 61})
	satisfied with input as example.with_approval({"granted_at": example.now + 60})
}

test_an_approval_ends_at_its_last_instant if {
	satisfied with input as example.at(example.now + 3299)
	codes == {"approval_expired"} with input as example.at(example.now + 3300)
}

test_a_service_that_was_not_approved if {
	codes == {"service_not_approved"} with input as example.with_approval({"services": ["vnc"]})
}

test_a_session_as_a_whole_needs_one_approved_service if {
	whole := object.union(example.use_input, {"service": null})
	satisfied with input as whole
	codes == {"service_not_approved"} with input as object.union(whole, {"approval": {"services": []}})
}
