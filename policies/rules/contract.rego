# Remote service ends with the service contract. Whether one must be on record at all is data.
package sallyport.rules.contract

default satisfied := false

satisfied if {
	input.device.contract == null
	data.requirements.contract_on_record == false
}

satisfied if input.device.contract.valid_until == null

satisfied if input.device.contract.valid_until > input.time.unix

denials contains {"code": "contract_missing", "message": "There is no service contract for this machine."} if {
	input.device.contract == null
	not satisfied
}

denials contains {"code": "contract_ended", "message": "The service contract of this machine has ended."} if {
	input.device.contract != null
	not satisfied
}

missing contains "contract" if not satisfied

changes_at contains input.device.contract.valid_until if input.device.contract.valid_until != null
