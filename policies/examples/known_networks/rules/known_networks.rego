# Some kinds of service are opened from known networks alone.
package sallyport.rules.known_networks

default satisfied := false

satisfied if not prefixes

satisfied if {
	some prefix in prefixes
	startswith(input.context.ip, prefix)
}

prefixes := data.known_networks.service_kind[input.service.kind]

# METADATA
# custom:
#   reasons:
#     unknown_network:
#       granted_by: self
#       de:
#         reason: "Dieser Dienst ist nur aus dem Firmennetz erreichbar."
#         remedy: "Mit dem Firmennetz oder seinem VPN verbinden."
#       en:
#         reason: "This service can be reached from the company network only."
#         remedy: "Connect to the company network or its VPN."
denials contains {
	"code": "unknown_network",
	"message": "This service can be reached from known networks only.",
} if {
	not satisfied
}
