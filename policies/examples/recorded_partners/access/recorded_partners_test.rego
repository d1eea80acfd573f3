package sallyport.recorded_partners_test

import data.sallyport.access
import data.sallyport.example

partners := {"organisation": {"Pressparts": true}}

partner := example.with_technician({"organisation": "Pressparts"})

test_pages_of_a_partner_are_recorded if access.record with input as partner with data.recorded_partners as partners

test_what_has_no_pages_is_not if {
	shell := object.union(partner, {"service": {"name": "shell", "kind": "ssh"}})
	not access.record with input as shell with data.recorded_partners as partners
}

test_others_are_not_bounded if not access.record with input as example.use_input with data.recorded_partners as partners

test_a_service_that_is_not_recorded_is_denied if {
	hidden := object.union(partner, {"device": {"recording": {"hmi": "off"}}})
	decision := access.decision with input as hidden with data.recorded_partners as partners
	{denial.code | some denial in decision.denials} == {"not_recorded"}
}
