package sallyport.rules.step_up_for_shell_test

import data.sallyport.example
import data.sallyport.rules.authentication

signed_in(methods, kind) := object.union(example.use_input, {
	"technician": {"authentication": {"methods": methods}},
	"service": {"name": "any", "kind": kind},
})

test_a_shell_needs_two_factors if {
	not authentication.satisfied with input as signed_in(["pwd"], "ssh")
	authentication.satisfied with input as signed_in(["pwd", "otp", "mfa"], "ssh")
}

test_pages_do_not if authentication.satisfied with input as signed_in(["pwd"], "http")
