# Besides the operator at the machine, somebody of the service administration has released this machine for this technician.
package sallyport.rules.two_person_approval

default satisfied := false

satisfied if not demanded

satisfied if concat("", ["release_", input.device.id]) in input.technician.permissions

demanded if data.two_person_approval.service_kind[input.service.kind] == true

# METADATA
# custom:
#   reasons:
#     no_release:
#       granted_by: service_administrator
#       de:
#         reason: "Dieser Dienst ist für diese Maschine nicht freigegeben."
#         remedy: "Die Serviceverwaltung kann ihn als zweite Person freigeben."
#       en:
#         reason: "This service has not been released for this machine."
#         remedy: "The service administration can release it as the second person."
denials contains {
	"code": "no_release",
	"message": concat("", ["A second person has to release this machine: ", input.device.id, "."]),
} if {
	not satisfied
}

missing contains "permission" if not satisfied
