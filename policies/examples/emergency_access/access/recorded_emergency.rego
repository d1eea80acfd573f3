# What is done in an emergency is recorded, where it has pages. (What `recording.rego` demands stays.)
package sallyport.access

import data.sallyport.emergency

record if {
	emergency.granted
	input.service.kind == "http"
}
