# A technician works in the regions that he is responsible for and in those that they cover, and nowhere else.
# `data.regions.covers` says which regions a larger one covers, as far down as it goes. With `only_listed` a region that it does not have
# gives nobody anything.
package sallyport.rules.region

default satisfied := false

satisfied if input.device.region in responsible_for

satisfied if {
	some region in graph.reachable(data.regions.covers, responsible_for)
	input.device.region in data.regions.covers[region]
}

responsible_for contains region if {
	some region in input.technician.regions
	counts(region)
}

counts(_) if data.regions.only_listed == false

counts(region) if data.regions.covers[region]

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
