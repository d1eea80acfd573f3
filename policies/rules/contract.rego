# Remote service ends with the service contract. Whether one must be on record at all is data.
package sallyport.rules.contract

default satisfied := false

satisfied if {
	input.device.contract == null
	data.requirements.contract_on_record == false
}

satisfied if input.device.contract.valid_until == null

satisfied if input.device.contract.valid_until > input.time.unix

# METADATA
# custom:
#   reasons:
#     contract_missing:
#       granted_by: service_administrator
#       de:
#         reason: Für diese Maschine liegt kein Servicevertrag vor.
#         remedy: Die Serviceverwaltung kann den Vertrag eintragen.
#       en:
#         reason: There is no service contract for this machine.
#         remedy: The service administration can record the contract.
denials contains {"code": "contract_missing", "message": "There is no service contract for this machine."} if {
	input.device.contract == null
	not satisfied
}

# METADATA
# custom:
#   reasons:
#     contract_ended:
#       granted_by: service_administrator
#       de:
#         reason: Der Servicevertrag dieser Maschine ist ausgelaufen.
#         remedy: Den Vertrag mit dem Kunden verlängern.
#       en:
#         reason: The service contract of this machine has ended.
#         remedy: Renew the contract with the customer.
denials contains {"code": "contract_ended", "message": "The service contract of this machine has ended."} if {
	input.device.contract != null
	not satisfied
}

# METADATA
# custom:
#   missing:
#     contract: {de: Gültiger Servicevertrag, en: Valid service contract}
missing contains "contract" if not satisfied

changes_at contains input.device.contract.valid_until if input.device.contract.valid_until != null
