package sallyport.rules.region_test

import data.sallyport.example
import data.sallyport.rules.region

codes := {denial.code | some denial in region.denials}

test_a_machine_in_an_assigned_region_passes if region.satisfied with input as example.use_input

test_a_machine_elsewhere_is_refused if {
	changed := example.with_device({"region": "iberia"})
	not region.satisfied with input as changed
	codes == {"outside_region"} with input as changed
}

test_without_regions_nothing_passes if codes == {"outside_region"} with input as example.with_technician({"regions": []})

test_an_unknown_region_is_refused if not region.satisfied with input as {"device": {}, "technician": {"regions": ["dach"]}}
