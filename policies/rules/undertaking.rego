# Before the first access everybody reads and signs the undertaking; a new version asks again.
package sallyport.rules.undertaking

default satisfied := false

satisfied if input.technician.undertaking.version == data.undertaking.version

denials contains {
	"code": "undertaking_missing",
	"message": "The undertaking has not been signed.",
} if {
	input.technician.undertaking == null
}

denials contains {
	"code": "undertaking_outdated",
	"message": "The undertaking was signed in an older version.",
} if {
	input.technician.undertaking != null
	not satisfied
}

missing contains "undertaking" if not satisfied
