package sallyport.rules.authentication_test

import data.sallyport.example
import data.sallyport.rules.authentication

satisfied if authentication.satisfied with data.requirements as example.policy_data.requirements

codes contains denial.code if some denial in authentication.denials with data.requirements as example.policy_data.requirements

missing contains what if some what in authentication.missing with data.requirements as example.policy_data.requirements

requiring(change) := example.with_data({"requirements": {"authentication": change}})

test_a_password_is_enough_where_nothing_more_is_required if {
	satisfied with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_a_required_method_that_was_not_used if {
	codes == {"authentication_too_weak"} with input as example.use_input
		with example.policy_data as requiring({"always": ["mfa"]})
	missing == {"step_up_mfa"} with input as example.use_input
		with example.policy_data as requiring({"always": ["mfa"]})
}

test_a_method_required_for_one_kind_of_service if {
	not satisfied with input as example.use_input
		with example.policy_data as requiring({"service_kind": {"http": ["hwk"]}})
	satisfied with input as object.union(example.use_input, {"service": null})
		with example.policy_data as requiring({"service_kind": {"http": ["hwk"]}})
}

test_a_kind_that_the_data_does_not_know_is_refused if {
	unknown := object.union(example.use_input, {"service": {"name": "hmi", "kind": "telepathy"}})
	not satisfied with input as unknown
}

test_a_used_method_satisfies if {
	satisfied with input as example.with_technician({"authentication": {"methods": ["pwd", "mfa"]}})
		with example.policy_data as requiring({"always": ["mfa"]})
}
