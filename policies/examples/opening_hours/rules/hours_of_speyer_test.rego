package sallyport.rules.hours_of_speyer_test

import data.sallyport.example
import data.sallyport.rules.opening_hours

speyer(date, weekday, hour, minute) := object.union(example.use_input, {
	"device": {"site": "Speyer"},
	"time": {"local": {"date": date, "weekday": weekday, "hour": hour, "minute": minute}},
})

test_speyer_is_open_on_a_working_day if {
	opening_hours.satisfied with input as speyer("2026-11-24", "tuesday", 6, 0)
	not opening_hours.satisfied with input as speyer("2026-11-24", "tuesday", 5, 59)
	not opening_hours.satisfied with input as speyer("2026-11-24", "tuesday", 22, 0)
}

test_speyer_has_a_break_on_friday if {
	opening_hours.satisfied with input as speyer("2026-11-27", "friday", 11, 29)
	not opening_hours.satisfied with input as speyer("2026-11-27", "friday", 12, 0)
	opening_hours.satisfied with input as speyer("2026-11-27", "friday", 12, 15)
}

test_speyer_is_closed_on_christmas_eve_and_until_the_monday_after_it if {
	some denial in opening_hours.denials with input as speyer("2026-12-24", "thursday", 9, 0)
	denial.message == "The site is closed now. It opens on monday at 06:00 by its clock."
}

test_other_sites_are_always_open if opening_hours.satisfied with input as example.at(example.now + 3600)
