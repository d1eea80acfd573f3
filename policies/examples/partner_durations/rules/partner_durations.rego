# People of some companies ask for less time at once.
package sallyport.rules.partner_durations

default satisfied := false

satisfied if not longest

satisfied if input.session.duration_s <= longest

longest := data.partner_durations.organisation[input.technician.organisation]

# METADATA
# custom:
#   reasons:
#     partner_duration:
#       granted_by: self
#       de:
#         reason: "Für Ihre Firma ist die Dauer länger als erlaubt."
#         remedy: "Eine kürzere Dauer wählen und bei Bedarf verlängern."
#       en:
#         reason: "The duration is longer than your company may ask for."
#         remedy: "Choose a shorter duration, and extend it if need be."
denials contains {
	"code": "partner_duration",
	"message": "The duration is longer than this company may ask for at once.",
} if {
	not satisfied
}

missing contains "shorter_duration" if not satisfied
