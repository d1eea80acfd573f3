# The machine must be enrolled and in use.
package sallyport.rules.device

default satisfied := false

satisfied if input.device.status == "active"

denials contains {"code": "device_suspended", "message": "The machine is suspended."} if input.device.status == "suspended"

denials contains {"code": "device_revoked", "message": "The machine's certificate is revoked."} if input.device.status == "revoked"

denials contains {"code": "device_not_active", "message": "The machine is not enrolled yet."} if {
	not satisfied
	not taken_out_of_use
}

taken_out_of_use if input.device.status in {"suspended", "revoked"}
