# Nobody is in the machines of a site during its windows.
package sallyport.rules.plant_shutdown

default satisfied := false

satisfied if count(now) == 0

windows := object.get(data.plant_shutdown.site, input.device.site, [])

now contains window if {
	some window in windows
	window.from <= input.time.unix
	input.time.unix < window.to
}

# METADATA
# custom:
#   reasons:
#     plant_shutdown:
#       granted_by: nobody
#       de:
#         reason: "Am Standort ruht der Fernservice."
#         remedy: "Das Ende der Sperrzeit abwarten."
#       en:
#         reason: "Remote service to this site is suspended."
#         remedy: "Wait for the end of the suspension."
denials contains {
	"code": "plant_shutdown",
	"message": concat("", ["Remote service to this site is suspended: ", window.why, "."]),
	"until": window.to,
} if {
	some window in now
}

changes_at contains window.from if some window in windows

changes_at contains window.to if some window in windows
