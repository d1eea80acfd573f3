package sallyport.access_test

import data.sallyport.access
import data.sallyport.example

# The decision by the data of the example.
decided := decision if {
	decision := access.decision
		with data.also_needed as example.policy_data.also_needed
		with data.approvers as example.policy_data.approvers
		with data.limits as example.policy_data.limits
		with data.opening_hours as example.policy_data.opening_hours
		with data.permissions as example.policy_data.permissions
		with data.recording as example.policy_data.recording
		with data.regions as example.policy_data.regions
		with data.request_rules as example.policy_data.request_rules
		with data.requirements as example.policy_data.requirements
		with data.undertaking as example.policy_data.undertaking
}

codes(decision) := {denial.code | some denial in decision.denials}

test_use_within_an_approved_session_is_allowed if {
	decision := decided with input as example.use_input
	decision.allow == true
	decision.denials == set()
	decision.missing == set()
	decision.limits.services == {"hmi"}
	decision.valid_until == example.now + 3300
}

test_every_reason_is_named_at_once if {
	bad := object.union(example.use_input, {
		"technician": {"regions": [], "permissions": [], "trainings": [], "status": "disabled"},
		"device": {"status": "suspended", "switches": {"hmi": false}},
		"approval": null,
	})
	decision := decided with input as bad
	decision.allow == false
	codes(decision) == {
		"account_disabled",
		"device_suspended",
		"no_approval",
		"no_permission",
		"no_training",
		"outside_region",
		"switch_off",
	}
	decision.missing == {"customer_approval", "customer_switch", "permission", "training"}
}

test_a_view_needs_neither_undertaking_nor_approval if {
	seen := object.union(example.use_input, {
		"action": "view",
		"approval": null,
		"session": null,
		"service": null,
		"technician": object.union(example.technician, {"undertaking": null}),
	})
	decision := decided with input as seen
	decision.allow == true
	decision.valid_until == example.now + 86400
}

test_a_request_needs_no_approval if {
	decision := decided with input as object.union(example.use_input, {"action": "request", "approval": null})
	decision.allow == true
}

test_open_and_use_need_an_approval if {
	every action in ["open", "use", "extend"] {
		decision := decided with input as object.union(example.use_input, {"action": action, "approval": null})
		codes(decision) == {"no_approval"}
	}
}

test_the_extensions_are_counted_only_for_one_more if {
	extended := example.with_session({"extensions": 3})
	using := decided with input as extended
	using.allow == true
	extending := decided with input as object.union(extended, {"action": "extend"})
	codes(extending) == {"extension_limit"}
}

test_looking_back_is_refused_without_the_permission if {
	every action in ["watch_recording", "export"] {
		refused := decided with input as object.union(example.use_input, {"action": action})
		codes(refused) == {"no_permission"}
		allowed := decided with input as object.union(
			example.with_technician({"permissions": ["service_http", "watch_recording", "export"]}),
			{"action": action},
		)
		allowed.allow == true
	}
}

test_a_file_transfer_needs_its_permission if {
	decision := decided with input as object.union(
		example.with_technician({"permissions": ["service_http", "file_transfer"]}),
		{"action": "transfer"},
	)
	decision.allow == true
	decision.limits.transfer == true
}

test_an_unknown_action_is_refused if {
	decision := decided with input as object.union(example.use_input, {"action": "dance"})
	decision.allow == false
	codes(decision) == {"unknown_action"}
}

# The engine takes a decision that is undefined for a denial with `policy_error`.
test_an_empty_input_has_no_answer if {
	not decided with input as {}
	access.allow == false with input as {}
}

# A rule without an answer and without a reason: here its data is gone.
test_nobody_is_refused_without_a_reason if {
	decision := decided with input as object.union(
		example.use_input,
		{"session": object.union(example.session, {"approved_at": "yesterday"})},
	)
	decision.allow == false
	codes(decision) == {"facts_incomplete"}
}

test_only_services_that_are_on_and_approved_are_listed if {
	decision := decided with input as object.union(
		example.with_device({"switches": {"hmi": true, "vnc": true, "shell": false}}),
		{"service": null},
	)
	decision.limits.services == {"hmi"}
	decision.limits.max_duration_s == 14400
	before := access.limits.services with input as object.union(
		example.with_device({"switches": {"hmi": true, "vnc": true, "shell": false}}),
		{"service": null, "approval": null},
	)
	before == {"hmi", "vnc"}
}

test_an_earlier_approval_does_not_bound_what_is_asked_for_next if {
	decision := decided with input as object.union(
		example.use_input,
		{"action": "request", "approval": object.union(example.use_input.approval, {"services": []})},
	)
	decision.allow == true
	decision.limits.services == {"hmi"}
}

test_without_any_instant_ahead_the_answer_holds_for_long if {
	access.valid_until == access.far_future with input as {"action": "view", "time": {"unix": 1}} with data.also_needed as {}
}

test_without_a_session_that_alone_is_the_reason if {
	every action in ["open", "use", "extend"] {
		decision := decided with input as object.union(example.use_input, {"action": action, "session": null})
		decision.allow == false
		codes(decision) == {"no_session"}
	}
}

test_a_rule_that_the_data_names_is_needed_too if {
	decision := decided with input as example.use_input with example.policy_data as example.with_data({
		"also_needed": {"extension": ["use"], "gone": ["view"]},
		"limits": {"max_extensions": 0},
	})
	codes(decision) == {"extension_limit"}
}

test_a_rule_that_the_data_names_and_nobody_wrote_lets_nobody_in if {
	decision := decided with input as example.use_input with example.policy_data as example.with_data({"also_needed": {"gone": ["use"]}})
	decision.allow == false
	codes(decision) == {"facts_incomplete"}
}

test_request_rules_are_those_of_the_product_line if {
	rule := {"effect": "deny", "methods": ["*"], "path": "/admin/*"}
	decision := decided with input as example.use_input with example.policy_data as example.with_data({"request_rules": {"product_line": {
		"press": [rule],
		"folder": [{"effect": "deny", "methods": ["*"], "path": "/*"}],
	}}})
	decision.limits.request_rules == {rule}
}

test_request_rules_of_the_product_line_and_of_the_service_both_count if {
	of_line := {"effect": "deny", "methods": ["*"], "path": "/admin/*"}
	of_service := {"effect": "deny", "methods": ["POST"], "path": "/firmware"}
	said := example.with_data({"request_rules": {
		"product_line": {"press": [of_line]},
		"service": {"hmi": [of_service], "plc": [{"effect": "deny", "methods": ["*"], "path": "/*"}]},
	}})
	decision := decided with input as example.use_input with example.policy_data as said
	decision.limits.request_rules == {of_line, of_service}
	whole := decided with input as object.union(example.use_input, {"service": null}) with example.policy_data as said
	whole.limits.request_rules == {of_line}
}

test_a_site_that_is_closed_lets_nobody_in_but_shows_its_machines if {
	closed := example.with_data({"opening_hours": {"site": {"Heidelberg": {"week": {}, "closed": []}}}})
	every action in ["request", "open", "use", "extend"] {
		decision := decided with input as object.union(example.use_input, {"action": action}) with example.policy_data as closed
		codes(decision) == {"outside_hours"}
	}
	seen := decided with input as object.union(example.use_input, {"action": "view"}) with example.policy_data as closed
	seen.allow == true
}

test_who_may_approve_is_asked_when_there_is_an_approval if {
	said := example.with_data({"approvers": {"site": {"Heidelberg": {"operators": ["Ole Berg"]}}}})
	every action in ["open", "use", "extend"] {
		decision := decided with input as object.union(example.use_input, {"action": action}) with example.policy_data as said
		codes(decision) == {"approver_not_listed"}
	}
	asked := decided with input as object.union(example.use_input, {"action": "request"}) with example.policy_data as said
	asked.allow == true
}
