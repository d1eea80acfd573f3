# What holds inside of an allowed session. The gateway and the machine enforce it.
package sallyport.access

limits := {
	"max_duration_s": max_duration_s,
	"services": services,
	"transfer": transfer,
	"record": record,
	"on_unexplained": on_unexplained,
	"request_rules": request_rules,
}

default max_duration_s := 0

max_duration_s := data.limits.max_duration_s[input.service.kind]

max_duration_s := data.limits.default_duration_s if input.service == null

# The services that are switched on, asked for here and, once there is an approval, approved.
services contains name if {
	some name, on in input.device.switches
	on == true
	asked_for(name)
	approved(name)
}

asked_for(_) if input.service == null

asked_for(name) if name == input.service.name

approved(_) if input.approval == null

# A request asks for an approval of its own: an earlier one does not bound it.
approved(_) if input.action == "request"

approved(name) if name in input.approval.services

default transfer := false

transfer if data.permissions.action.transfer in input.technician.permissions

# Methods and paths that the proxy refuses: those of the machine's product line and those of the service, by its name. Each of them only
# refuses, so that both count.
request_rules contains rule if some rule in data.request_rules.product_line[input.device.product_line]

request_rules contains rule if some rule in data.request_rules.service[input.service.name]
