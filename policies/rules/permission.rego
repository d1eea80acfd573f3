# Every action needs a permission, and every kind of service needs one more.
package sallyport.rules.permission

default satisfied := false

satisfied if {
	held(for_action)
	service_allowed
}

for_action := data.permissions.action[input.action]

for_service := data.permissions.service_kind[input.service.kind]

service_allowed if input.service == null

service_allowed if held(for_service)

held(permission) if permission in input.technician.permissions

denials contains no_permission(for_action) if not held(for_action)

denials contains no_permission(for_service) if {
	input.service != null
	not held(for_service)
}

# METADATA
# custom:
#   reasons:
#     no_permission:
#       granted_by: service_administrator
#       de:
#         reason: Die nötige Berechtigung fehlt.
#         remedy: Die Serviceverwaltung kann sie erteilen.
#       en:
#         reason: The necessary permission is missing.
#         remedy: The service administration can grant it.
no_permission(permission) := {
	"code": "no_permission",
	"message": concat("", ["The technician does not have the permission ", permission, "."]),
}

# METADATA
# custom:
#   missing:
#     permission: {de: Berechtigung, en: Permission}
missing contains "permission" if not satisfied
