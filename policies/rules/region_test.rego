package sallyport.rules.region_test

import data.sallyport.example
import data.sallyport.rules.region

satisfied if region.satisfied with data.regions as example.policy_data.regions

codes contains denial.code if some denial in region.denials with data.regions as example.policy_data.regions

test_a_machine_in_an_assigned_region_passes if satisfied with input as example.use_input

test_a_machine_elsewhere_is_refused if {
	changed := example.with_device({"region": "iberia"})
	not satisfied with input as changed
	codes == {"outside_region"} with input as changed
}

test_without_regions_nothing_passes if codes == {"outside_region"} with input as example.with_technician({"regions": []})

test_an_unknown_region_is_refused if not satisfied with input as {"device": {}, "technician": {"regions": ["dach"]}}

responsible_for(regions, device) := object.union(example.with_technician({"regions": regions}), {"device": {"region": device}})

covering(covers) := example.with_data({"regions": {"covers": covers}})

europe := {"world": ["europe", "asia"], "europe": ["dach", "nordics"]}

test_a_larger_region_covers_smaller_ones_as_far_down_as_it_goes if {
	every larger in ["europe", "world"] {
		satisfied with input as responsible_for([larger], "dach") with example.policy_data as covering(europe)
		satisfied with input as responsible_for([larger], larger) with example.policy_data as covering(europe)
	}
	satisfied with input as responsible_for(["asia", "europe"], "nordics") with example.policy_data as covering(europe)
}

test_nothing_is_covered_upwards_or_sideways if {
	not satisfied with input as responsible_for(["dach"], "europe") with example.policy_data as covering(europe)
	not satisfied with input as responsible_for(["dach"], "nordics") with example.policy_data as covering(europe)
	not satisfied with input as responsible_for(["europe"], "asia") with example.policy_data as covering(europe)
	codes == {"outside_region"} with input as responsible_for(["europe"], "asia") with example.policy_data as covering(europe)
}

test_regions_that_cover_each_other_come_to_an_end if {
	circle := covering({"north": ["south"], "south": ["north", "islands"]})
	satisfied with input as responsible_for(["north"], "islands") with example.policy_data as circle
	not satisfied with input as responsible_for(["north"], "dach") with example.policy_data as circle
}

test_a_region_that_must_be_listed_and_is_not_gives_nothing if {
	listed := example.with_data({"regions": {"only_listed": true, "covers": europe}})
	not satisfied with input as responsible_for(["atlantis"], "atlantis") with example.policy_data as listed
	not satisfied with input as responsible_for(["dach"], "dach") with example.policy_data as listed
	satisfied with input as responsible_for(["europe"], "dach") with example.policy_data as listed
	satisfied with input as responsible_for(["atlantis"], "atlantis") with example.policy_data as covering(europe)
}

test_without_the_data_no_region_counts if not region.satisfied with input as example.use_input with data.regions as {}
