# Access only while the site is open. A site without hours in the data is not bounded.
package sallyport.rules.opening_hours

default satisfied := false

satisfied if not hours

satisfied if {
	some opening in openings
	opening.from <= input.time.unix
	input.time.unix < opening.to
}

hours := data.opening_hours.site[input.device.site]

weekdays := ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

minute_of_day := (input.time.local.hour * 60) + input.time.local.minute

# When the day began at the site. In the night in which the clocks change, it is an hour off until the clock has changed.
midnight := (input.time.unix - (input.time.unix % 60)) - (minute_of_day * 60)

# The openings of today and of the seven days after it.
openings contains {"from": begins + (day.from_hour * 3600), "to": begins + (day.to_hour * 3600)} if {
	some today, input.time.local.weekday in weekdays
	some ahead in numbers.range(0, 7)
	day := hours[weekdays[(today + ahead) % 7]]
	begins := midnight + (ahead * 86400)
}

upcoming := min({opening.from | some opening in openings; opening.from > input.time.unix})

# METADATA
# custom:
#   reasons:
#     outside_hours:
#       granted_by: nobody
#       de:
#         reason: "Der Standort ist jetzt geschlossen."
#         remedy: "Warten, bis er wieder öffnet."
#       en:
#         reason: "The site is closed now."
#         remedy: "Wait until it opens again."
denials contains {"code": "outside_hours", "message": "The site is closed now.", "until": upcoming} if not satisfied

denials contains {"code": "outside_hours", "message": "The site is closed."} if {
	not satisfied
	not upcoming
}

changes_at contains opening.from if some opening in openings

changes_at contains opening.to if some opening in openings
