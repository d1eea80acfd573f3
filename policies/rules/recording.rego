# Where policy demands that pages are recorded, the customer must let them be: a session could not go on otherwise.
package sallyport.rules.recording

import data.sallyport.access

recorded := {"mask_all", "mask_texts", "mask_passwords"}

default satisfied := false

satisfied if access.record == false

satisfied if input.device.recording[input.service.name] in recorded

# METADATA
# custom:
#   reasons:
#     not_recorded:
#       granted_by: customer
#       de:
#         reason: Hier muss der Bediener zusehen können, und dieser Dienst wird nicht aufgezeichnet.
#         remedy: Der Kunde kann die Aufzeichnung des Dienstes einschalten.
#       en:
#         reason: The operator must be able to watch here, and this service is not recorded.
#         remedy: The customer can switch the recording of the service on.
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

# METADATA
# custom:
#   missing:
#     recording: {de: Aufzeichnung des Dienstes, en: Recording of the service}
missing contains "recording" if not satisfied
