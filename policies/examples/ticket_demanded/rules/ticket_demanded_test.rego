package sallyport.rules.ticket_demanded_test

import data.sallyport.example
import data.sallyport.rules.ticket_demanded

tickets := {"product_line": {"press": "^T-[0-9]+$"}}

asked(purpose, ticket) := object.union(example.with_session({"purpose": purpose, "ticket": ticket}), {"action": "request"})

test_a_ticket_is_needed if {
	ticket_demanded.satisfied with input as asked("Feeder stops", "T-4711") with data.ticket_demanded as tickets
	every ticket in [null, "", "soon", "xT-1", "T-1x"] {
		not ticket_demanded.satisfied with input as asked("Feeder stops", ticket) with data.ticket_demanded as tickets
	}
	{denial.code | some denial in ticket_demanded.denials} == {"ticket_missing"} with input as asked("Feeder stops", null)
		with data.ticket_demanded as tickets
}

test_the_form_can_be_reached if ticket_demanded.satisfied with input as asked("", null) with data.ticket_demanded as tickets

test_without_a_request_nothing_is_taken_for_granted if {
	opened := example.with_session({"purpose": "", "ticket": null})
	not ticket_demanded.satisfied with input as opened with data.ticket_demanded as tickets
}

test_other_product_lines_need_none if {
	ticket_demanded.satisfied with input as asked("Feeder stops", null) with data.ticket_demanded as {"product_line": {}}
}
