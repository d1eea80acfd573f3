package sallyport.rules.account_test

import data.sallyport.example
import data.sallyport.rules.account

codes := {denial.code | some denial in account.denials}

test_an_active_account_passes if {
	account.satisfied with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_a_disabled_account_is_refused if {
	changed := example.with_technician({"status": "disabled"})
	not account.satisfied with input as changed
	codes == {"account_disabled"} with input as changed
}

test_an_account_without_a_status_is_refused if codes == {"account_disabled"} with input as {}
