package sallyport.rules.opening_hours_test

import data.sallyport.example
import data.sallyport.rules.opening_hours

satisfied if opening_hours.satisfied with data.opening_hours as example.policy_data.opening_hours

denials contains denial if some denial in opening_hours.denials with data.opening_hours as example.policy_data.opening_hours

changes_at contains at if some at in opening_hours.changes_at with data.opening_hours as example.policy_data.opening_hours

# Heidelberg on Tuesday, 2026-11-24: the example is from 07:00 there.
at(hour, minute) := object.union(example.use_input, {"time": {
	"unix": (example.now + ((hour - 7) * 3600)) + (minute * 60),
	"local": {"hour": hour, "minute": minute},
}})

unix(hour, minute) := at(hour, minute).time.unix

open_in(week, closed) := example.with_data({"opening_hours": {"site": {"Heidelberg": {"week": week, "closed": closed}}}})

week := {
	"tuesday": [{"from": "08:30", "to": "12:00"}, {"from": "13:00", "to": "17:15"}, {"from": "22:00", "to": "24:00"}],
	"thursday": [{"from": "06:00", "to": "12:00"}],
}

test_a_site_without_hours_is_always_open if {
	satisfied with input as at(3, 0)
	count(denials) == 0 with input as at(3, 0)
	count(changes_at) == 0 with input as at(3, 0)
}

test_open_from_the_first_minute_until_before_the_last if {
	every clock in [[8, 30], [11, 59], [13, 0], [17, 14], [22, 0], [23, 59]] {
		satisfied with input as at(clock[0], clock[1]) with example.policy_data as open_in(week, [])
		count(denials) == 0 with input as at(clock[0], clock[1]) with example.policy_data as open_in(week, [])
	}
	every clock in [[8, 29], [12, 0], [12, 59], [17, 15], [21, 59], [0, 0]] {
		not satisfied with input as at(clock[0], clock[1]) with example.policy_data as open_in(week, [])
	}
}

test_closed_until_it_opens_on_this_day if {
	denials == {{
		"code": "outside_hours",
		"message": "The site is closed now. It opens on tuesday at 08:30 by its clock.",
		"until": unix(8, 30),
	}} with input as at(7, 45) with example.policy_data as open_in(week, [])
	denials == {{
		"code": "outside_hours",
		"message": "The site is closed now. It opens on tuesday at 13:00 by its clock.",
		"until": unix(13, 0),
	}} with input as at(12, 0) with example.policy_data as open_in(week, [])
}

closed_today := {"opening_hours": {"site": {"Heidelberg": {"week": week, "closed": ["2026-11-24"]}}}}

test_a_closed_day_has_no_hours if {
	not satisfied with input as at(9, 0) with example.policy_data as example.with_data(closed_today)
	some denial in denials with input as at(9, 0) with example.policy_data as example.with_data(closed_today)
	denial.until == unix(6, 0) + (2 * 86400)
}

test_the_next_opening_is_behind_the_closed_days if {
	some denial in denials with input as at(9, 0)
		with example.policy_data as open_in(week, ["2026-11-24", "2026-11-26", "2026-12-01", "2026-12-03"])
	denial.message == "The site is closed now. It opens on tuesday at 08:30 by its clock."
	denial.until == unix(8, 30) + (14 * 86400)
}

test_a_site_that_never_opens_has_no_time_to_wait_for if {
	denials == {{"code": "outside_hours", "message": "The site is closed, and does not open within four weeks."}} with input as at(9, 0)
		with example.policy_data as open_in({}, [])
}

test_time_changes_it_when_it_closes_and_when_it_opens if {
	changes_at == {unix(12, 0), unix(9, 30)} with input as at(9, 10) with example.policy_data as open_in(week, [])
	changes_at == {unix(8, 30), unix(7, 30)} with input as at(7, 10) with example.policy_data as open_in(week, [])
	changes_at == {unix(24, 0), unix(23, 30)} with input as at(23, 0) with example.policy_data as open_in(week, [])
}

# An instant in Heidelberg, in a night in which its clocks change, with what they show then.
in_the_night(unix, date, weekday, hour, minute) := object.union(example.use_input, {"time": {
	"unix": unix,
	"local": {"date": date, "weekday": weekday, "hour": hour, "minute": minute},
}})

until_of(week) := untils if {
	untils := {object.get(denial, "until", "none") | some denial in denials} with example.policy_data as open_in(week, [])
}

# 2027-03-28 at 02:00 it becomes 03:00: 01:00 UTC.
test_the_next_opening_when_the_clocks_are_put_forward if {
	saturday := in_the_night(1806177600, "2027-03-27", "saturday", 21, 0)
	until_of({"sunday": [{"from": "06:00", "to": "12:00"}]}) == {1806206400} with input as saturday
	until_of({"sunday": [{"from": "01:30", "to": "12:00"}]}) == {1806193800} with input as saturday
	until_of({"sunday": [{"from": "02:30", "to": "12:00"}]}) == {"none"} with input as saturday
	until_of({"monday": [{"from": "00:15", "to": "12:00"}]}) == {1806272100} with input as saturday
	later := in_the_night(1806195600, "2027-03-28", "sunday", 3, 0)
	until_of({"sunday": [{"from": "06:00", "to": "12:00"}]}) == {1806206400} with input as later
}

# 2027-10-31 at 03:00 it becomes 02:00: 01:00 UTC.
test_the_next_opening_when_the_clocks_are_put_back if {
	saturday := in_the_night(1824922800, "2027-10-30", "saturday", 21, 0)
	until_of({"sunday": [{"from": "06:00", "to": "12:00"}]}) == {1824958800} with input as saturday
	until_of({"sunday": [{"from": "01:30", "to": "12:00"}]}) == {1824939000} with input as saturday
	until_of({"monday": [{"from": "00:15", "to": "12:00"}]}) == {1825024500} with input as saturday
	later := in_the_night(1824944400, "2027-10-31", "sunday", 2, 0)
	until_of({"sunday": [{"from": "06:00", "to": "12:00"}]}) == {1824958800} with input as later
}

test_what_is_not_known_is_closed if {
	not satisfied with input as {"device": {}, "time": example.use_input.time}
	not satisfied with input as {"device": {"site": "Heidelberg"}, "time": {"unix": 1}} with example.policy_data as open_in(week, [])
	not opening_hours.satisfied with input as example.use_input with data.opening_hours as {}
}
