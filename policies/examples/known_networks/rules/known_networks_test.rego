package sallyport.rules.known_networks_test

import data.sallyport.example
import data.sallyport.rules.known_networks

networks := {"service_kind": {"ssh": ["10.20.", "2001:db8:1:"]}}

from(ip) := object.union(example.use_input, {"service": {"name": "shell", "kind": "ssh"}, "context": {"ip": ip}})

test_known_networks_get_in if {
	known_networks.satisfied with input as from("10.20.3.4") with data.known_networks as networks
	known_networks.satisfied with input as from("2001:db8:1::7") with data.known_networks as networks
}

test_others_and_unknown_addresses_do_not if {
	every ip in ["10.200.3.4", "192.0.2.1", "", null] {
		not known_networks.satisfied with input as from(ip) with data.known_networks as networks
	}
	some denial in known_networks.denials with input as from("192.0.2.1") with data.known_networks as networks
	denial.code == "unknown_network"
}

test_other_kinds_are_opened_from_anywhere if {
	known_networks.satisfied with input as example.use_input with data.known_networks as networks
}
