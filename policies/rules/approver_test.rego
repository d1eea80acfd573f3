package sallyport.rules.approver_test

import data.sallyport.example
import data.sallyport.rules.approver

satisfied if approver.satisfied with data.approvers as example.policy_data.approvers

codes contains denial.code if some denial in approver.denials with data.approvers as example.policy_data.approvers

missing contains what if some what in approver.missing with data.approvers as example.policy_data.approvers

at_site(bound) := example.with_data({"approvers": {"site": {"Heidelberg": bound}}})

not_oneself := example.with_data({"approvers": {"not_oneself": true}})

without_approval := object.union(example.use_input, {"approval": null})

test_where_nothing_is_said_everybody_may_approve if {
	satisfied with input as example.use_input
	satisfied with input as example.with_approval({"mode": "unattended", "operator": "Mia Sommer"})
	satisfied with input as without_approval
	count(codes) == 0 with input as example.use_input
	count(missing) == 0 with input as example.use_input
}

test_somebody_else_than_the_operators_of_the_site if {
	satisfied with input as example.use_input with example.policy_data as at_site({"operators": ["Ole Berg", "Olga Brandt"]})
	codes == {"approver_not_listed"} with input as example.use_input with example.policy_data as at_site({"operators": ["Ole Berg"]})
	missing == {"other_approval"} with input as example.use_input with example.policy_data as at_site({"operators": ["Ole Berg"]})
	not satisfied with input as example.use_input with example.policy_data as at_site({"operators": ["Ole Berg"]})
}

test_the_weakest_proof_that_suffices if {
	every proof in ["pin", "hardware"] {
		satisfied with input as example.with_approval({"proof": proof}) with example.policy_data as at_site({"proof": "pin"})
	}
	codes == {"approval_proof_too_weak"} with input as example.use_input with example.policy_data as at_site({"proof": "pin"})
	not satisfied with input as example.with_approval({"proof": "pin"}) with example.policy_data as at_site({"proof": "hardware"})
	satisfied with input as example.use_input with example.policy_data as at_site({"proof": "none"})
}

test_a_proof_that_is_not_known_is_none if {
	not satisfied with input as example.with_approval({"proof": "word"}) with example.policy_data as at_site({"proof": "none"})
}

test_the_modes_that_are_allowed if {
	standing := example.with_approval({"mode": "unattended"})
	satisfied with input as example.use_input with example.policy_data as at_site({"modes": ["attended", "reconnect"]})
	codes == {"approval_mode_not_allowed"} with input as standing with example.policy_data as at_site({"modes": ["attended"]})
	not satisfied with input as standing with example.policy_data as at_site({"modes": ["attended"]})
}

test_a_product_line_bounds_it_beside_the_site if {
	both := example.with_data({"approvers": {
		"site": {"Heidelberg": {"operators": ["Olga Brandt"]}},
		"product_line": {"press": {"proof": "pin"}},
	}})
	codes == {"approval_proof_too_weak"} with input as example.use_input with example.policy_data as both
	satisfied with input as example.with_approval({"proof": "pin"}) with example.policy_data as both
	codes == {"approver_not_listed"} with input as example.with_approval({"proof": "pin", "operator": "Ole Berg"})
		with example.policy_data as both
}

test_other_sites_and_lines_bound_nothing if {
	others := example.with_data({"approvers": {"site": {"Kiel": {"proof": "hardware"}}, "product_line": {"mill": {"modes": []}}}})
	satisfied with input as example.use_input with example.policy_data as others
}

test_nobody_approves_a_session_of_their_own if {
	own := example.with_approval({"operator": " mia SOMMER "})
	codes == {"approved_by_oneself"} with input as own with example.policy_data as not_oneself
	not satisfied with input as own with example.policy_data as not_oneself
	satisfied with input as example.use_input with example.policy_data as not_oneself
}

test_without_an_approval_that_alone_is_the_reason if {
	every said in [at_site({"operators": ["Olga Brandt"]}), at_site({"proof": "pin"}), at_site({"modes": ["attended"]}), not_oneself] {
		not satisfied with input as without_approval with example.policy_data as said
		codes == set() with input as without_approval with example.policy_data as said
	}
}

test_without_the_data_nobody_may if not approver.satisfied with input as example.use_input with data.approvers as {}
