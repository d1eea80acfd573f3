package sallyport.rules.night_needs_proof_test

import data.sallyport.example
import data.sallyport.rules.night_needs_proof

hours := {"from_hour": 22, "to_hour": 6}

at(hour, proof) := object.union(example.with_approval({"proof": proof}), {"time": {
	"unix": example.now + ((hour - 7) * 3600),
	"local": {"hour": hour},
}})

test_at_night_a_proof_is_needed if {
	every hour in [22, 23, 0, 5] {
		not night_needs_proof.satisfied with input as at(hour, "none") with data.night_needs_proof as hours
		night_needs_proof.satisfied with input as at(hour, "pin") with data.night_needs_proof as hours
	}
	night_needs_proof.satisfied with input as at(23, "hardware") with data.night_needs_proof as hours
}

test_it_says_so if {
	{denial.code | some denial in night_needs_proof.denials} == {"proof_needed"} with input as at(23, "none")
		with data.night_needs_proof as hours
	night_needs_proof.missing == {"customer_approval"} with input as at(23, "none") with data.night_needs_proof as hours
}

test_by_day_it_is_not if {
	every hour in [6, 21] { night_needs_proof.satisfied with input as at(hour, "none") with data.night_needs_proof as hours }
}

test_the_night_changes_it if {
	instants := night_needs_proof.changes_at with input as at(7, "none") with data.night_needs_proof as hours
	(example.now + (15 * 3600)) in instants
	(example.now + (23 * 3600)) in instants
}
