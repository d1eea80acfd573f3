# When a site may be worked on, by its own clock (`data.opening_hours`). A site without hours in the data is always open.
# An opening holds from its first minute until just before its last; "24:00" is the end of the day, so that a night is two openings.
package sallyport.rules.opening_hours

import data.sallyport.calendar

default satisfied := false

satisfied if {
	sites := data.opening_hours.site
	site := input.device.site
	not sites[site]
}

satisfied if count(closings) > 0

hours := data.opening_hours.site[input.device.site]

# How long an opening that holds now goes on, in minutes.
closings contains ends if {
	not input.time.local.date in hours.closed
	some opening in hours.week[input.time.local.weekday]
	calendar.minutes_until(opening.from) <= 0
	ends := calendar.minutes_until(opening.to)
	ends > 0
}

# Of a site that is closed now: every opening of today and the four weeks after it, `at` as if its clock were not changed until then.
ahead contains {"at": at, "weekday": weekday, "from": opening.from} if {
	not satisfied
	some days in numbers.range(0, 27)
	not calendar.date_in(days) in hours.closed
	weekday := calendar.weekday_in(days)
	some opening in hours.week[weekday]
	at := this_minute + (60 * ((days * 1440) + calendar.minutes_until(opening.from)))
	at > input.time.unix
}

soonest := min({opening.at | some opening in ahead})

next contains opening if {
	some opening in ahead
	opening.at == soonest
}

opens_at := min({at | some opening in next; at := calendar.corrected(opening.at, opening.from)})

this_minute := input.time.unix - (input.time.unix % 60)

# METADATA
# custom:
#   reasons:
#     outside_hours:
#       granted_by: nobody
#       de:
#         reason: Der Standort ist jetzt geschlossen.
#         remedy: Warten, bis er wieder öffnet.
#       en:
#         reason: The site is closed now.
#         remedy: Wait until it opens again.
denials contains {"code": "outside_hours", "message": opens_text(opening), "until": opens_at} if some opening in next

# In the night in which the clocks are put forward, a time that they leave out.
denials contains {"code": "outside_hours", "message": opens_text(opening)} if {
	some opening in next
	not opens_at
}

opens_text(opening) := concat("", ["The site is closed now. It opens on ", opening.weekday, " at ", opening.from, " by its clock."])

denials contains {"code": "outside_hours", "message": "The site is closed, and does not open within four weeks."} if {
	hours
	not satisfied
	count(next) == 0
}

changes_at contains this_minute + (60 * minutes) if some minutes in closings

changes_at contains opens_at

# Where the clocks change, they do so at a full or half hour: what was counted from this one holds until the next.
changes_at contains (input.time.unix - (input.time.unix % 1800)) + 1800 if hours
