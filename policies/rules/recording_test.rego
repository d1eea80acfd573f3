package sallyport.rules.recording_test

import data.sallyport.access
import data.sallyport.example
import data.sallyport.rules.recording

codes := {denial.code | some denial in recording.denials}

nothing := example.policy_data.recording

demanded(change) := object.union(nothing, {"demanded": change})

recorded_as(mode) := example.with_device({"recording": {"hmi": mode}})

tcp := object.union(example.use_input, {"service": {"name": "plc", "kind": "tcp"}})

test_nothing_is_demanded_by_default if {
	access.limits.record == false with data.recording as nothing with input as example.use_input
	recording.satisfied with data.recording as nothing with input as recorded_as("off")
	access.limits.on_unexplained == "mark" with data.recording as nothing with input as example.use_input
}

test_each_way_to_demand_it if {
	every by in [{"service_kind": {"http": true}}, {"product_line": {"press": true}}, {"service": {"hmi": true}}] {
		access.limits.record == true with data.recording as demanded(by) with input as example.use_input
		codes == {"not_recorded"} with data.recording as demanded(by) with input as recorded_as("off")
		recording.missing == {"recording"} with data.recording as demanded(by) with input as recorded_as("off")
	}
}

test_a_recorded_service_passes_however_it_is_masked if {
	every mode in {"mask_all", "mask_texts", "mask_passwords"} {
		recording.satisfied with data.recording as demanded({"service": {"hmi": true}}) with input as recorded_as(mode)
		codes == set() with data.recording as demanded({"service": {"hmi": true}}) with input as recorded_as(mode)
	}
}

test_what_is_not_known_is_not_recorded if {
	unknown := example.with_device({"recording": {"hmi": "perhaps"}})
	codes == {"not_recorded"} with data.recording as demanded({"service": {"hmi": true}}) with input as unknown
	codes == {"not_recorded"} with data.recording as demanded({"service": {"plc": true}}) with input as tcp
}

test_a_product_line_demands_it_of_pages_alone if {
	access.limits.record == false with data.recording as demanded({"product_line": {"press": true}}) with input as tcp
}

test_another_service_line_or_kind_demands_nothing if {
	by := {"service_kind": {"vnc": true}, "product_line": {"mill": true}, "service": {"other": true}}
	access.limits.record == false with data.recording as demanded(by) with input as example.use_input
}

test_a_machine_as_a_whole_is_not_recorded if {
	whole := object.union(example.use_input, {"service": null})
	recording.satisfied with data.recording as demanded({"service_kind": {"http": true}}) with input as whole
}

test_what_pauses_at_unexplained_requests if {
	every by in [{"service_kind": {"http": "pause"}}, {"product_line": {"press": "pause"}}, {"service": {"hmi": "pause"}}] {
		said := object.union(nothing, {"on_unexplained": by})
		access.limits.on_unexplained == "pause" with data.recording as said with input as example.use_input
	}
	other := object.union(nothing, {"on_unexplained": {"service": {"plc": "pause"}, "product_line": {"press": "stop"}}})
	access.limits.on_unexplained == "mark" with data.recording as other with input as example.use_input
}
