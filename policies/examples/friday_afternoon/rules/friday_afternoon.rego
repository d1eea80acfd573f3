# Nothing new between Friday afternoon and Monday morning.
package sallyport.rules.friday_afternoon

default satisfied := false

satisfied if not bounded

satisfied if not weekend

bounded if data.friday_afternoon.product_line[input.device.product_line] == true

minute_of_week := ((day * 1440) + (input.time.local.hour * 60)) + input.time.local.minute if {
	some day, input.time.local.weekday in ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
}

begins := (4 * 1440) + (data.friday_afternoon.from_hour * 60)

ends := data.friday_afternoon.monday_hour * 60

weekend if minute_of_week >= begins

weekend if minute_of_week < ends

# The minute in which the week of this instant began.
week_began := (input.time.unix - (input.time.unix % 60)) - (minute_of_week * 60)

monday := min({at |
	some weeks in [0, 1]
	at := week_began + (((weeks * 7) * 86400) + (ends * 60))
	at > input.time.unix
})

# METADATA
# custom:
#   reasons:
#     weekend_near:
#       granted_by: nobody
#       de:
#         reason: "Vor dem Wochenende wird nichts Neues begonnen."
#         remedy: "Bis Montag warten."
#       en:
#         reason: "Nothing new is begun before the weekend."
#         remedy: "Wait until Monday."
denials contains {
	"code": "weekend_near",
	"message": "Nothing new is begun before the weekend.",
	"until": monday,
} if {
	not satisfied
}

changes_at contains week_began + (begins * 60)

changes_at contains monday
