# People of a partner company work for its own customers alone.
package sallyport.rules.own_customers

default satisfied := false

satisfied if not customers

satisfied if input.device.organisation in customers

customers := data.own_customers.partner[input.technician.organisation]

# METADATA
# custom:
#   reasons:
#     not_own_customer:
#       granted_by: security_team
#       de:
#         reason: "Die Maschine gehört keinem Kunden der eigenen Firma."
#         remedy: "Das Sicherheitsteam kann den Kunden der Firma zuordnen."
#       en:
#         reason: "The machine belongs to no customer of your company."
#         remedy: "The security team can assign the customer to your company."
denials contains {
	"code": "not_own_customer",
	"message": "The machine belongs to no customer of the technician's company.",
} if {
	not satisfied
}
