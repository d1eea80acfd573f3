# A technician works in the regions that he is responsible for, and nowhere else.
package sallyport.rules.region

default satisfied := false

satisfied if input.device.region in input.technician.regions

# METADATA
# custom:
#   reasons:
#     outside_region:
#       granted_by: service_administrator
#       de:
#         reason: Die Maschine liegt außerhalb der eigenen Regionen.
#         remedy: Die Serviceverwaltung kann die Region zuordnen.
#       en:
#         reason: The machine is outside of the assigned regions.
#         remedy: The service administration can assign the region.
denials contains {
	"code": "outside_region",
	"message": concat("", ["The machine's region is not one of the technician's: ", input.device.region, "."]),
} if {
	not satisfied
}
