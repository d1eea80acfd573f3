# A session can be extended only so often; after that a new one must be asked for.
package sallyport.rules.extension

default satisfied := false

satisfied if input.session.extensions < data.limits.max_extensions

# METADATA
# custom:
#   reasons:
#     extension_limit:
#       granted_by: self
#       de:
#         reason: Diese Sitzung lässt sich nicht weiter verlängern.
#         remedy: Eine neue Sitzung anfragen.
#       en:
#         reason: This session cannot be extended any more.
#         remedy: Ask for a new session.
denials contains {
	"code": "extension_limit",
	"message": "This session cannot be extended any more.",
} if {
	input.session.extensions >= data.limits.max_extensions
}
