package sallyport.rules.authentication_test

import data.sallyport.example
import data.sallyport.rules.authentication

codes := {denial.code | some denial in authentication.denials}

test_a_password_is_enough_where_nothing_more_is_required if {
	authentication.satisfied with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_a_required_method_that_was_not_used if {
	codes == {"authentication_too_weak"} with input as example.use_input
		with data.requirements.authentication.always as ["mfa"]
	authentication.missing == {"step_up_mfa"} with input as example.use_input
		with data.requirements.authentication.always as ["mfa"]
}

test_a_method_required_for_one_kind_of_service if {
	not authentication.satisfied with input as example.use_input
		with data.requirements.authentication.service_kind as {"http": ["hwk"]}
	authentication.satisfied with input as object.union(example.use_input, {"service": null})
		with data.requirements.authentication.service_kind as {"http": ["hwk"]}
}

test_a_kind_that_the_data_does_not_know_is_refused if {
	not authentication.satisfied with input as example.use_input with data.requirements.authentication.service_kind as {}
}

test_a_used_method_satisfies if {
	authentication.satisfied with input as example.with_technician({"authentication": {"methods": ["pwd", "mfa"]}})
		with data.requirements.authentication.always as ["mfa"]
}
