# A session can be extended only so often; after that a new one must be asked for.
package sallyport.rules.extension

default satisfied := false

satisfied if input.session.extensions < data.limits.max_extensions

denials contains {
	"code": "extension_limit",
	"message": "This session cannot be extended any more.",
} if {
	input.session.extensions >= data.limits.max_extensions
}
