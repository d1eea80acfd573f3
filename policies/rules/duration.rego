# Nobody may ask for more time at once than the data allows for this kind of service.
package sallyport.rules.duration

import data.sallyport.access.limits

default satisfied := false

satisfied if input.session.duration_s <= limits.max_duration_s

denials contains {
	"code": "duration_too_long",
	"message": "More time was asked for than is allowed at once.",
} if {
	input.session.duration_s > limits.max_duration_s
}

missing contains "shorter_duration" if count(denials) > 0
