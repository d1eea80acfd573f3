# An input that nothing stands against, for the tests of all rules.
package sallyport.example

now := 1795500000

# What is set in `data/`, as the tests mean it. Every test pins what its rule reads (`with data.limits as example.policy_data.limits`), so that
# whoever changes what is set there breaks no test; a test of a rule that is changed fails still.
policy_data := {
	"also_needed": {},
	"approvers": {"not_oneself": false, "site": {}, "product_line": {}},
	"limits": {
		"max_duration_s": {"http": 14400, "vnc": 14400, "ssh": 3600, "tcp": 3600},
		"default_duration_s": 14400,
		"max_extensions": 3,
		"clock_tolerance_s": 60,
	},
	"opening_hours": {"site": {}},
	"permissions": {
		"action": {
			"view": "remote_access",
			"request": "remote_access",
			"open": "remote_access",
			"use": "remote_access",
			"extend": "remote_access",
			"transfer": "file_transfer",
			"watch_recording": "watch_recording",
			"export": "export",
		},
		"service_kind": {"http": "service_http", "vnc": "service_vnc", "ssh": "service_ssh", "tcp": "service_tcp"},
	},
	"recording": {
		"demanded": {"service_kind": {"http": false}, "product_line": {}, "service": {}},
		"on_unexplained": {"service_kind": {"http": "mark"}, "product_line": {}, "service": {}},
	},
	"regions": {"only_listed": false, "covers": {}},
	"request_rules": {"product_line": {}, "service": {}},
	"requirements": {
		"training": {"default_level": 1, "level": {}},
		"authentication": {"always": [], "service_kind": {"http": [], "vnc": [], "ssh": [], "tcp": []}},
		"contract_on_record": false,
	},
	"undertaking": {"version": "2026-11"},
}

technician := {
	"id": "per_1",
	"name": "Mia Sommer",
	"organisation": "Service",
	"regions": ["dach"],
	"permissions": ["remote_access", "service_http"],
	"trainings": [{"product_line": "press", "level": 2, "valid_until": now + 86400}],
	"undertaking": {"version": "2026-11", "accepted_at": now - 86400},
	"authentication": {"methods": ["pwd"], "time": now - 600},
	"workstation": null,
	"status": "active",
}

device := {
	"id": "press-01",
	"organisation": "Customer",
	"site": "Heidelberg",
	"region": "dach",
	"country": "DE",
	"product_line": "press",
	"model": "XL 106",
	"switches": {"hmi": true, "shell": false},
	"recording": {"hmi": "mask_all", "shell": "off"},
	"contract": {"id": "c1", "valid_until": now + 1000000},
	"status": "active",
}

approval := {
	"operator": "Olga Brandt",
	"mode": "attended",
	"proof": "none",
	"granted_at": now - 300,
	"expires_at": now + 3300,
	"services": ["hmi"],
}

session := {
	"id": "ses_1",
	"requested_at": now - 360,
	"approved_at": now - 300,
	"opened_at": now - 290,
	"extensions": 0,
	"purpose": "Feeder stops",
	"ticket": null,
	"duration_s": 3600,
}

use_input := {
	"action": "use",
	"time": {
		"unix": now,
		"utc": "2026-11-24T06:00:00Z",
		"local": {"date": "2026-11-24", "weekday": "tuesday", "hour": 7, "minute": 0, "zone": "Europe/Berlin"},
	},
	"technician": technician,
	"device": device,
	"service": {"name": "hmi", "kind": "http"},
	"approval": approval,
	"session": session,
	"context": {"ip": "127.0.0.1"},
}

# The example with some members of one part changed.
with_technician(change) := object.union(use_input, {"technician": change})

with_device(change) := object.union(use_input, {"device": change})

with_approval(change) := object.union(use_input, {"approval": change})

with_session(change) := object.union(use_input, {"session": change})

# For a test of what other data does: `with example.policy_data as example.with_data({"limits": {"max_extensions": 0}})`.
with_data(change) := object.union(policy_data, change)

at(unix) := object.union(use_input, {"time": {"unix": unix}})
