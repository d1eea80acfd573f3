# The customer switches each remote service of each machine on or off. A service without a switch is off.
package sallyport.rules.customer_switch

default satisfied := false

satisfied if input.device.switches[input.service.name] == true

satisfied if {
	input.service == null
	some _, on in input.device.switches
	on == true
}

# METADATA
# custom:
#   reasons:
#     switch_off:
#       granted_by: customer
#       de:
#         reason: Der Kunde hat diesen Fernservice ausgeschaltet.
#         remedy: Der Kunde kann ihn an der Maschine einschalten.
#       en:
#         reason: The customer has switched this remote service off.
#         remedy: The customer can switch it on at the machine.
denials contains {
	"code": "switch_off",
	"message": concat("", ["The customer has switched this service off: ", input.service.name, "."]),
} if {
	input.service != null
	not satisfied
}

denials contains {
	"code": "switch_off",
	"message": "The customer has switched every service of this machine off.",
} if {
	input.service == null
	not satisfied
}

# METADATA
# custom:
#   missing:
#     customer_switch: {de: Vom Kunden eingeschalteter Dienst, en: Service switched on by the customer}
missing contains "customer_switch" if not satisfied
