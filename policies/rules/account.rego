# The account of the person who asks must be in use.
package sallyport.rules.account

default satisfied := false

satisfied if input.technician.status == "active"

denials contains {"code": "account_disabled", "message": "The account is disabled."} if not satisfied
