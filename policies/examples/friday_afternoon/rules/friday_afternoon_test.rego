package sallyport.rules.friday_afternoon_test

import data.sallyport.example
import data.sallyport.rules.friday_afternoon

calendar := {"product_line": {"press": true}, "from_hour": 12, "monday_hour": 6}

# The example's instant is a Tuesday, seven o'clock.
on(weekday, days, hour) := object.union(example.use_input, {"time": {
	"unix": example.now + ((days * 86400) + ((hour - 7) * 3600)),
	"local": {"weekday": weekday, "hour": hour},
}})

monday := (example.now + (6 * 86400)) - 3600

test_nothing_new_from_friday_noon_on if {
	friday_afternoon.satisfied with input as on("friday", 3, 11) with data.friday_afternoon as calendar
	some denial in friday_afternoon.denials with input as on("friday", 3, 12) with data.friday_afternoon as calendar
	denial.until == monday
}

test_monday_before_six_is_still_weekend if {
	some denial in friday_afternoon.denials with input as on("monday", 6, 5) with data.friday_afternoon as calendar
	denial.until == monday
	friday_afternoon.satisfied with input as on("monday", 6, 6) with data.friday_afternoon as calendar
}

test_other_product_lines_are_not_bounded if {
	friday_afternoon.satisfied with input as on("saturday", 4, 12) with data.friday_afternoon as object.union(
		calendar,
		{"product_line": {"press": false}},
	)
}

test_time_changes_it_twice_a_week if {
	instants := friday_afternoon.changes_at with input as on("tuesday", 0, 7) with data.friday_afternoon as calendar
	instants == {example.now + ((3 * 86400) + (5 * 3600)), monday}
}
