package sallyport.rules.customer_switch_test

import data.sallyport.example
import data.sallyport.rules.customer_switch

codes := {denial.code | some denial in customer_switch.denials}

test_a_service_that_is_switched_on_passes if {
	customer_switch.satisfied with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_a_service_that_is_switched_off if {
	changed := object.union(example.use_input, {"service": {"name": "shell", "kind": "ssh"}})
	codes == {"switch_off"} with input as changed
	customer_switch.missing == {"customer_switch"} with input as changed
}

test_a_service_without_a_switch_is_off if {
	not customer_switch.satisfied with input as object.union(example.use_input, {"service": {"name": "vnc", "kind": "vnc"}})
}

test_a_machine_as_a_whole_needs_one_service_that_is_on if {
	customer_switch.satisfied with input as object.union(example.use_input, {"service": null})
	off := object.union(example.with_device({"switches": {"hmi": false}}), {"service": null})
	codes == {"switch_off"} with input as off
}
