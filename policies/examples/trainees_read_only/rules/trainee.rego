# A trainee looks at pages and opens nothing else.
package sallyport.rules.trainee

default satisfied := false

satisfied if not is_trainee

satisfied if input.service == null

satisfied if input.service.kind == "http"

levels contains training.level if {
	some training in input.technician.trainings
	training.product_line == input.device.product_line
	training.valid_until > input.time.unix
}

is_trainee if max(levels) <= data.trainees_read_only.level

# METADATA
# custom:
#   reasons:
#     trainee_reads_only:
#       granted_by: service_administrator
#       de:
#         reason: "Wer in Ausbildung ist, darf nur Seiten ansehen."
#         remedy: "Die nächste Schulungsstufe besuchen und von der Serviceverwaltung eintragen lassen."
#       en:
#         reason: "Trainees may look at pages only."
#         remedy: "Attend the next level of training and have the service administration record it."
denials contains {
	"code": "trainee_reads_only",
	"message": concat("", ["A trainee may not open this service: ", input.service.name, "."]),
} if {
	not satisfied
}

missing contains "training" if not satisfied

# Another training may end, or this one.
changes_at contains training.valid_until if some training in input.technician.trainings
