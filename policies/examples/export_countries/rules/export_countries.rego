# Export control: some countries are closed, some need a licence that the technician's permission stands for.
package sallyport.rules.export_countries

default satisfied := false

satisfied if {
	not closed
	licence_held
}

closed if input.device.country in data.export_countries.closed

licence := data.export_countries.licensed[input.device.country]

licence_held if not licence

licence_held if licence in input.technician.permissions

# METADATA
# custom:
#   reasons:
#     country_closed:
#       granted_by: nobody
#       de:
#         reason: "In dieses Land ist kein Fernservice erlaubt."
#         remedy: "Die Exportkontrolle fragen."
#       en:
#         reason: "Remote service to this country is not allowed."
#         remedy: "Ask export control."
denials contains {
	"code": "country_closed",
	"message": concat("", ["Remote service to this country is not allowed: ", input.device.country, "."]),
} if {
	closed
}

# METADATA
# custom:
#   reasons:
#     no_export_licence:
#       granted_by: service_administrator
#       de:
#         reason: "Für dieses Land fehlt die Exportgenehmigung."
#         remedy: "Die Serviceverwaltung kann sie eintragen, wenn sie vorliegt."
#       en:
#         reason: "The export licence for this country is missing."
#         remedy: "The service administration can record it once there is one."
denials contains {
	"code": "no_export_licence",
	"message": concat("", ["There is no export licence for this country: ", input.device.country, "."]),
} if {
	not closed
	not licence_held
}

missing contains "permission" if {
	not closed
	not licence_held
}
