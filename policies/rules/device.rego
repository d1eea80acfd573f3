# The machine must be enrolled and in use.
package sallyport.rules.device

default satisfied := false

satisfied if input.device.status == "active"

# METADATA
# custom:
#   reasons:
#     device_suspended:
#       granted_by: service_administrator
#       de:
#         reason: Die Maschine ist vorübergehend gesperrt.
#         remedy: Die Serviceverwaltung kann die Sperre aufheben.
#       en:
#         reason: The machine is suspended.
#         remedy: The service administration can lift the suspension.
denials contains {"code": "device_suspended", "message": "The machine is suspended."} if input.device.status == "suspended"

# METADATA
# custom:
#   reasons:
#     device_revoked:
#       granted_by: service_administrator
#       de:
#         reason: Das Zertifikat der Maschine ist widerrufen.
#         remedy: Die Maschine muss neu angemeldet werden.
#       en:
#         reason: The certificate of the machine is revoked.
#         remedy: The machine has to be enrolled anew.
denials contains {"code": "device_revoked", "message": "The machine's certificate is revoked."} if input.device.status == "revoked"

# METADATA
# custom:
#   reasons:
#     device_not_active:
#       granted_by: service_administrator
#       de:
#         reason: Die Maschine ist noch nicht angemeldet.
#         remedy: Die Maschine muss mit ihrem Einmalkennwort angemeldet werden.
#       en:
#         reason: The machine is not enrolled yet.
#         remedy: The machine has to be enrolled with its one-time password.
denials contains {"code": "device_not_active", "message": "The machine is not enrolled yet."} if {
	not satisfied
	not taken_out_of_use
}

taken_out_of_use if input.device.status in {"suspended", "revoked"}
