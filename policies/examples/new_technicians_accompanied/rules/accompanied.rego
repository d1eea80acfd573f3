# Who has little training works while somebody stands at the machine.
package sallyport.rules.accompanied

default satisfied := false

satisfied if max(levels) > data.new_technicians_accompanied.level

satisfied if input.approval.mode == "attended"

# That there is none yet, another rule says.
satisfied if input.approval == null

levels contains training.level if {
	some training in input.technician.trainings
	training.product_line == input.device.product_line
	training.valid_until > input.time.unix
}

# METADATA
# custom:
#   reasons:
#     not_accompanied:
#       granted_by: operator
#       de:
#         reason: "Mit dieser Schulungsstufe muss jemand an der Maschine stehen."
#         remedy: "Erneut anfragen, wenn ein Bediener dort ist und zustimmt."
#       en:
#         reason: "With this level of training somebody has to stand at the machine."
#         remedy: "Ask again when an operator is there and approves."
denials contains {
	"code": "not_accompanied",
	"message": "With this level of training an operator has to approve at the machine.",
} if {
	not satisfied
}

missing contains "customer_approval" if not satisfied

changes_at contains training.valid_until if some training in input.technician.trainings
