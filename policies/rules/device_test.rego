package sallyport.rules.device_test

import data.sallyport.example
import data.sallyport.rules.device

codes := {denial.code | some denial in device.denials}

test_an_active_machine_passes if {
	device.satisfied with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_a_suspended_machine if codes == {"device_suspended"} with input as example.with_device({"status": "suspended"})

test_a_revoked_machine if codes == {"device_revoked"} with input as example.with_device({"status": "revoked"})

test_a_machine_that_is_not_enrolled_yet if codes == {"device_not_active"} with input as example.with_device({"status": "pending"})

test_a_machine_without_a_status if {
	not device.satisfied with input as {}
	codes == {"device_not_active"} with input as {}
}
