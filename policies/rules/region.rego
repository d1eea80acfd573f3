# A technician works in the regions that he is responsible for, and nowhere else.
package sallyport.rules.region

default satisfied := false

satisfied if input.device.region in input.technician.regions

denials contains {
	"code": "outside_region",
	"message": concat("", ["The machine's region is not one of the technician's: ", input.device.region, "."]),
} if {
	not satisfied
}
