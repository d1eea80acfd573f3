# The pages that people of these companies open are recorded.
package sallyport.access

record if {
	data.recorded_partners.organisation[input.technician.organisation] == true
	input.service.kind == "http"
}
