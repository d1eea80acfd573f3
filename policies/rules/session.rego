# Work on a machine belongs to one session: one technician, one machine, one purpose.
package sallyport.rules.session

default satisfied := false

satisfied if input.session.id != ""

# METADATA
# custom:
#   reasons:
#     no_session:
#       granted_by: self
#       de:
#         reason: Es gibt keine Sitzung dafür.
#         remedy: Zuerst Zugriff auf die Maschine anfragen.
#       en:
#         reason: There is no session for this.
#         remedy: Ask for access to the machine first.
denials contains {"code": "no_session", "message": "This needs a session."} if not satisfied
