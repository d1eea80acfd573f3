# How the technician signed in must be strong enough for what he wants to do. The data names the methods (RFC 8176) that are needed.
package sallyport.rules.authentication

default satisfied := false

satisfied if {
	every method in data.requirements.authentication.always { used(method) }
	service_satisfied
}

service_satisfied if input.service == null

service_satisfied if {
	every method in data.requirements.authentication.service_kind[input.service.kind] { used(method) }
}

used(method) if method in input.technician.authentication.methods

# METADATA
# custom:
#   reasons:
#     authentication_too_weak:
#       granted_by: self
#       act: sign_in_again
#       de:
#         reason: Die Anmeldung ist dafür nicht stark genug.
#         remedy: Mit einem zweiten Faktor erneut anmelden.
#       en:
#         reason: The sign-in is not strong enough for this.
#         remedy: Sign in again with a second factor.
denials contains {
	"code": "authentication_too_weak",
	"message": "The sign-in is not strong enough for this.",
} if {
	not satisfied
}

# METADATA
# custom:
#   missing:
#     step_up_mfa: {de: Anmeldung mit zweitem Faktor, en: Sign-in with a second factor}
missing contains "step_up_mfa" if not satisfied
