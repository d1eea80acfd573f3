package sallyport.rules.partner_durations_test

import data.sallyport.example
import data.sallyport.rules.partner_durations

longest := {"organisation": {"Pressparts": 1800}}

asks_for(seconds) := object.union(example.with_session({"duration_s": seconds}), {"technician": {"organisation": "Pressparts"}})

test_a_partner_asks_for_short_sessions if {
	partner_durations.satisfied with input as asks_for(1800) with data.partner_durations as longest
	{denial.code | some denial in partner_durations.denials} == {"partner_duration"} with input as asks_for(1801)
		with data.partner_durations as longest
	partner_durations.missing == {"shorter_duration"} with input as asks_for(1801) with data.partner_durations as longest
}

test_others_are_not_bounded if partner_durations.satisfied with input as example.use_input with data.partner_durations as longest
