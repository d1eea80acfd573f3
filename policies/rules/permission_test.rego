package sallyport.rules.permission_test

import data.sallyport.example
import data.sallyport.rules.permission

satisfied if permission.satisfied with data.permissions as example.policy_data.permissions

denials contains denial if some denial in permission.denials with data.permissions as example.policy_data.permissions

codes contains denial.code if some denial in denials

missing contains what if some what in permission.missing with data.permissions as example.policy_data.permissions

test_action_and_service_permission_pass if {
	satisfied with input as example.use_input
	count(missing) == 0 with input as example.use_input
}

test_a_device_as_a_whole_needs_no_service_permission if {
	satisfied with input as object.union(
		example.with_technician({"permissions": ["remote_access"]}),
		{"service": null},
	)
}

test_without_the_permission_for_the_action if {
	changed := example.with_technician({"permissions": ["service_http"]})
	not satisfied with input as changed
	codes == {"no_permission"} with input as changed
	missing == {"permission"} with input as changed
}

test_without_the_permission_for_the_kind_of_service if {
	changed := object.union(example.use_input, {"service": {"name": "shell", "kind": "ssh"}})
	not satisfied with input as changed
	count(denials) == 1 with input as changed
}

test_every_permission_that_is_missing_is_named if {
	count(denials) == 2 with input as example.with_technician({"permissions": []})
}

test_looking_back_needs_a_permission_of_its_own if {
	some action in ["watch_recording", "export", "transfer"]
	not satisfied with input as object.union(example.use_input, {"action": action})
}

test_an_unknown_action_is_not_permitted if {
	not satisfied with input as object.union(example.use_input, {"action": "dance"})
}
