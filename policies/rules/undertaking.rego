# Before the first access everybody reads and signs the undertaking; a new version asks again.
package sallyport.rules.undertaking

default satisfied := false

satisfied if input.technician.undertaking.version == data.undertaking.version

# METADATA
# custom:
#   reasons:
#     undertaking_missing:
#       granted_by: self
#       act: sign_undertaking
#       de:
#         reason: Die Verpflichtungserklärung ist nicht unterschrieben.
#         remedy: Die Erklärung im Portal lesen und unterschreiben.
#       en:
#         reason: The undertaking has not been signed.
#         remedy: Read and sign the undertaking in the portal.
denials contains {
	"code": "undertaking_missing",
	"message": "The undertaking has not been signed.",
} if {
	input.technician.undertaking == null
}

# METADATA
# custom:
#   reasons:
#     undertaking_outdated:
#       granted_by: self
#       act: sign_undertaking
#       de:
#         reason: Die Verpflichtungserklärung gibt es inzwischen in neuer Fassung.
#         remedy: Die neue Fassung im Portal lesen und unterschreiben.
#       en:
#         reason: There is a newer version of the undertaking.
#         remedy: Read and sign the new version in the portal.
denials contains {
	"code": "undertaking_outdated",
	"message": "The undertaking was signed in an older version.",
} if {
	input.technician.undertaking != null
	not satisfied
}

# METADATA
# custom:
#   missing:
#     undertaking: {de: Unterschriebene Verpflichtungserklärung, en: Signed undertaking}
missing contains "undertaking" if not satisfied
