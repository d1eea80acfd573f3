# Work on a machine belongs to one session: one technician, one machine, one purpose.
package sallyport.rules.session

default satisfied := false

satisfied if input.session.id != ""

denials contains {"code": "no_session", "message": "This needs a session."} if not satisfied
