package sallyport.rules.two_person_approval_test

import data.sallyport.example
import data.sallyport.rules.two_person_approval

kinds := {"service_kind": {"ssh": true}}

shell := object.union(example.use_input, {"service": {"name": "shell", "kind": "ssh"}})

released(machine) := object.union(shell, {"technician": {"permissions": [concat("", ["release_", machine])]}})

test_a_shell_needs_a_release_for_this_machine if {
	not two_person_approval.satisfied with input as shell with data.two_person_approval as kinds
	not two_person_approval.satisfied with input as released("press-02") with data.two_person_approval as kinds
	two_person_approval.satisfied with input as released("press-01") with data.two_person_approval as kinds
}

test_it_says_what_is_missing if {
	{denial.code | some denial in two_person_approval.denials} == {"no_release"} with input as shell with data.two_person_approval as kinds
	two_person_approval.missing == {"permission"} with input as shell with data.two_person_approval as kinds
}

test_other_kinds_need_none if {
	two_person_approval.satisfied with input as example.use_input with data.two_person_approval as kinds
	two_person_approval.satisfied with input as object.union(example.use_input, {"service": null}) with data.two_person_approval as kinds
}
