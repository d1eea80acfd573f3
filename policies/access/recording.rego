# What is demanded of the operator's picture of a session. `data.recording` says it for a kind of service, a product line, or a
# service by its name; the strictest wins.
package sallyport.access

default record := false

# A session that is used without a running recorder ends. What has no pages cannot be recorded: demanded of it, nobody gets in.
record if data.recording.demanded.service_kind[input.service.kind] == true

record if data.recording.demanded.service[input.service.name] == true

# A product line speaks of what has pages.
record if {
	input.service.kind == "http"
	data.recording.demanded.product_line[input.device.product_line] == true
}

# A request that changes something and that no act of the technician explains: marked for the operator, or the session stands
# still until the operator has looked at it.
default on_unexplained := "mark"

on_unexplained := "pause" if data.recording.on_unexplained.service_kind[input.service.kind] == "pause"

on_unexplained := "pause" if data.recording.on_unexplained.service[input.service.name] == "pause"

on_unexplained := "pause" if data.recording.on_unexplained.product_line[input.device.product_line] == "pause"
