# Days and times by the clock of the machine's site. Of the functions `time.*` the engine has `time.clock`.
package sallyport.calendar

# From now to that time of this day, "08:30", in minutes; below zero when it is past.
minutes_until(clock) := (minutes_of(clock) - (input.time.local.hour * 60)) - input.time.local.minute

# Since midnight: "08:30" is 510.
minutes_of(clock) := (two_digits(clock, 0) * 60) + two_digits(clock, 3)

# The instant at which the clock of the site shows that time, which it shows at `at` if it is not changed until then. Undefined for a time that it
# leaves out in the night in which it is put forward.
corrected(at, clock) := right if {
	right := at - (60 * ((((shown_at(at) - minutes_of(clock)) + 2160) % 1440) - 720))
	shown_at(right) == minutes_of(clock)
}

shown_at(at) := (hour * 60) + minute if [hour, minute, _] := time.clock([at * 1000000000, input.time.local.zone])

weekday_in(days) := weekdays[(today + days) % 7] if some today, input.time.local.weekday in weekdays

weekdays := ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

# The date in so many days, at most 28: "2026-11-24".
date_in(days) := concat("-", [substring(input.time.local.date, 0, 7), text_of[day]]) if {
	day := two_digits(input.time.local.date, 8) + days
	day <= days_in_month
}

date_in(days) := concat("-", [next_month, text_of[day]]) if {
	day := (two_digits(input.time.local.date, 8) + days) - days_in_month
	day > 0
}

next_month := concat("-", [substring(input.time.local.date, 0, 4), text_of[month + 1]]) if month < 12

next_month := concat("", [substring(input.time.local.date, 0, 2), text_of[year + 1], "-01"]) if month == 12

month := two_digits(input.time.local.date, 5)

# Of this century.
year := two_digits(input.time.local.date, 2)

days_in_month := 29 if in_leap_february

days_in_month := [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] if not in_leap_february

in_leap_february if {
	month == 2
	year % 4 == 0
}

two_digits(text, at) := (digit[substring(text, at, 1)] * 10) + digit[substring(text, at + 1, 1)]

digit := {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9}

text_of := [concat("", [tens, ones]) | some tens in digits; some ones in digits]

digits := ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
