# Nobody may ask for more time at once than the data allows for this kind of service.
package sallyport.rules.duration

import data.sallyport.access.limits

default satisfied := false

satisfied if input.session.duration_s <= limits.max_duration_s

# METADATA
# custom:
#   reasons:
#     duration_too_long:
#       granted_by: self
#       de:
#         reason: Die gewünschte Dauer ist länger als erlaubt.
#         remedy: Eine kürzere Dauer wählen.
#       en:
#         reason: The duration asked for is longer than allowed.
#         remedy: Choose a shorter duration.
denials contains {
	"code": "duration_too_long",
	"message": "More time was asked for than is allowed at once.",
} if {
	input.session.duration_s > limits.max_duration_s
}

# METADATA
# custom:
#   missing:
#     shorter_duration: {de: Kürzere Dauer, en: Shorter duration}
missing contains "shorter_duration" if count(denials) > 0
