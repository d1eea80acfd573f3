package sallyport.calendar_test

import data.sallyport.calendar

on(date) := {"time": {"local": {"date": date, "weekday": "friday", "hour": 7, "minute": 15}}}

test_minutes_until_a_time_of_the_day if {
	calendar.minutes_until("08:30") == 75 with input as on("2026-11-27")
	calendar.minutes_until("00:00") == -435 with input as on("2026-11-27")
	calendar.minutes_until("24:00") == 1005 with input as on("2026-11-27")
}

test_weekdays_go_round if {
	[day | some days in [0, 1, 2, 3, 27]; day := calendar.weekday_in(days)] == ["friday", "saturday", "sunday", "monday", "thursday"]
		with input as on("2026-11-27")
}

test_a_date_ahead_in_this_month_the_next_and_the_next_year if {
	every want in [
		["2026-11-27", 0, "2026-11-27"],
		["2026-11-27", 3, "2026-11-30"],
		["2026-11-27", 4, "2026-12-01"],
		["2026-01-31", 28, "2026-02-28"],
		["2026-01-31", 1, "2026-02-01"],
		["2026-02-28", 1, "2026-03-01"],
		["2028-02-28", 1, "2028-02-29"],
		["2028-02-29", 1, "2028-03-01"],
		["2026-04-09", 21, "2026-04-30"],
		["2026-12-31", 1, "2027-01-01"],
		["2029-12-24", 20, "2030-01-13"],
	] {
		calendar.date_in(want[1]) == want[2] with input as on(want[0])
	}
}

in_berlin := {"time": {"local": {"zone": "Europe/Berlin"}}}

test_what_the_clock_of_the_site_shows if {
	calendar.shown_at(1795760100) == 435 with input as in_berlin
}

# The nights to 29 March and to 25 October 2026: counted from the evening before, 08:00 is an hour off.
test_a_time_behind_a_change_of_the_clocks if {
	calendar.corrected(1774767600, "08:00") == 1774764000 with input as in_berlin
	calendar.corrected(1792908000, "08:00") == 1792911600 with input as in_berlin
	calendar.corrected(1795760100, "07:15") == 1795760100 with input as in_berlin
}

test_a_time_that_the_clock_leaves_out if {
	not calendar.corrected(1774747800, "02:30") with input as in_berlin
}
