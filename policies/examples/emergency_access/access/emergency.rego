# Whether this is an emergency: by somebody who may say so, who says so to the operator, with a ticket for the review.
package sallyport.emergency

default granted := false

granted if {
	data.emergency_access.permission in input.technician.permissions
	said
}

# Before a request is made nothing has been said yet.
said if input.action == "view"

said if input.session.purpose == ""

said if {
	startswith(input.session.purpose, "EMERGENCY")
	input.session.ticket != null
}
