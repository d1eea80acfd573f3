package sallyport.rules.contract_test

import data.sallyport.example
import data.sallyport.rules.contract

satisfied if contract.satisfied with data.requirements as example.policy_data.requirements

codes contains denial.code if some denial in contract.denials with data.requirements as example.policy_data.requirements

missing contains what if some what in contract.missing with data.requirements as example.policy_data.requirements

test_a_running_contract_passes if {
	satisfied with input as example.use_input
	contract.changes_at == {example.now + 1000000} with input as example.use_input
	count(codes) == 0 with input as example.use_input
}

test_a_contract_without_an_end_passes if {
	satisfied with input as example.with_device({"contract": {"valid_until": null}})
}

test_a_contract_that_has_ended if {
	changed := example.with_device({"contract": {"valid_until": example.now}})
	codes == {"contract_ended"} with input as changed
	missing == {"contract"} with input as changed
}

on_record(needed) := example.with_data({"requirements": {"contract_on_record": needed}})

without_contract := object.union(example.use_input, {"device": object.union(example.device, {"contract": null})})

test_without_a_contract_it_depends_on_the_data if {
	satisfied with input as without_contract with example.policy_data as on_record(false)
	codes == {"contract_missing"} with input as without_contract with example.policy_data as on_record(true)
}
