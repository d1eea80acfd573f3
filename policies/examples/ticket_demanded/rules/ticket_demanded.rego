# A request for these product lines names a ticket that looks like one.
package sallyport.rules.ticket_demanded

default satisfied := false

satisfied if not pattern

satisfied if regex.match(pattern, input.session.ticket)

pattern := data.ticket_demanded.product_line[input.device.product_line]

# The page only asks whether it could ask.
satisfied if {
	input.action == "request"
	input.session.purpose == ""
}

# METADATA
# custom:
#   reasons:
#     ticket_missing:
#       granted_by: self
#       de:
#         reason: "Die Anfrage nennt kein gültiges Ticket."
#         remedy: "Die Nummer des Tickets angeben, zum Beispiel T-4711."
#       en:
#         reason: "The request names no valid ticket."
#         remedy: "Name the number of the ticket, for example T-4711."
denials contains {"code": "ticket_missing", "message": "The request names no valid ticket."} if not satisfied
