package sallyport.rules.opening_hours_test

import data.sallyport.example
import data.sallyport.rules.opening_hours

# Tuesday, 2026-11-24, at the site.
at(hour, minute) := object.union(example.use_input, {"time": {
	"unix": example.now + (((hour - 7) * 3600) + (minute * 60)),
	"local": {"hour": hour, "minute": minute},
}})

hours := {"site": {"Heidelberg": {
	"tuesday": {"from_hour": 8, "to_hour": 16},
	"thursday": {"from_hour": 6, "to_hour": 12},
}}}

test_open_from_the_first_minute_to_the_last if {
	opening_hours.satisfied with input as at(8, 0) with data.opening_hours as hours
	opening_hours.satisfied with input as at(15, 59) with data.opening_hours as hours
	count(opening_hours.denials) == 0 with input as at(12, 0) with data.opening_hours as hours
}

test_before_it_opens_people_read_from_when if {
	some denial in opening_hours.denials with input as at(7, 30) with data.opening_hours as hours
	denial.code == "outside_hours"
	denial.until == example.now + 3600
}

test_after_it_closed_the_next_day_with_hours_counts if {
	some denial in opening_hours.denials with input as at(16, 0) with data.opening_hours as hours
	denial.until == (example.now - 3600) + (2 * 86400)
}

test_a_site_that_never_opens_has_no_time_to_wait_for if {
	some denial in opening_hours.denials with input as at(12, 0) with data.opening_hours as {"site": {"Heidelberg": {}}}
	object.keys(denial) == {"code", "message"}
}

test_a_site_without_hours_is_not_bounded if {
	opening_hours.satisfied with input as at(3, 0) with data.opening_hours as {"site": {}}
}

test_time_changes_it_when_it_opens_and_closes if {
	instants := opening_hours.changes_at with input as at(7, 30) with data.opening_hours as hours
	(example.now + 3600) in instants
	(example.now + (9 * 3600)) in instants
}
