# The account of the person who asks must be in use.
package sallyport.rules.account

default satisfied := false

satisfied if input.technician.status == "active"

# METADATA
# custom:
#   reasons:
#     account_disabled:
#       granted_by: service_administrator
#       de:
#         reason: Das Konto ist gesperrt.
#         remedy: Die Serviceverwaltung kann es wieder freigeben.
#       en:
#         reason: The account is disabled.
#         remedy: The service administration can enable it again.
denials contains {"code": "account_disabled", "message": "The account is disabled."} if not satisfied
