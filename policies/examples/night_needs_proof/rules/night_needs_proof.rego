# At night the approval is given with a proof of who the operator is.
package sallyport.rules.night_needs_proof

default satisfied := false

satisfied if not night

satisfied if input.approval.proof in {"pin", "hardware"}

night if input.time.local.hour >= data.night_needs_proof.from_hour

night if input.time.local.hour < data.night_needs_proof.to_hour

second_of_day := ((input.time.local.hour * 3600) + (input.time.local.minute * 60)) + (input.time.unix % 60)

midnight := input.time.unix - second_of_day

# METADATA
# custom:
#   reasons:
#     proof_needed:
#       granted_by: operator
#       de:
#         reason: "Nachts muss der Bediener mit seiner PIN zustimmen."
#         remedy: "Den Bediener bitten, mit PIN zuzustimmen, oder bis zum Morgen warten."
#       en:
#         reason: "At night the operator has to approve with a PIN."
#         remedy: "Ask the operator to approve with the PIN, or wait for the morning."
denials contains {
	"code": "proof_needed",
	"message": "At night the operator has to approve with a PIN or a hardware key.",
} if {
	not satisfied
}

missing contains "customer_approval" if not satisfied

changes_at contains instant if {
	some day in [0, 86400]
	some hour in [data.night_needs_proof.from_hour, data.night_needs_proof.to_hour]
	instant := (midnight + day) + (hour * 3600)
}
