# Where policy demands that pages are recorded, the customer must let them be: a session could not go on otherwise.
package sallyport.rules.recording

import data.sallyport.access

recorded := {"mask_all", "mask_texts", "mask_passwords"}

default satisfied := false

satisfied if access.record == false

satisfied if input.device.recording[input.service.name] in recorded

denials contains {
	"code": "not_recorded",
	"message": concat("", [
		"Policy demands that the operator sees what is done, and this service is not recorded: ",
		input.service.name,
		".",
	]),
} if {
	not satisfied
}

missing contains "recording" if not satisfied
