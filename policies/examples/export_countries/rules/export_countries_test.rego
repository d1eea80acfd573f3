package sallyport.rules.export_countries_test

import data.sallyport.example
import data.sallyport.rules.export_countries

codes := {denial.code | some denial in export_countries.denials}

law := {"closed": ["XA"], "licensed": {"XB": "licence_xb"}}

there(country, permissions) := object.union(example.use_input, {
	"device": {"country": country},
	"technician": {"permissions": permissions},
})

test_a_closed_country_is_for_nobody if {
	codes == {"country_closed"} with input as there("XA", ["licence_xb"]) with data.export_countries as law
	count(export_countries.missing) == 0 with input as there("XA", []) with data.export_countries as law
	not export_countries.satisfied with input as there("XA", []) with data.export_countries as law
}

test_a_licence_opens_its_country if {
	codes == {"no_export_licence"} with input as there("XB", []) with data.export_countries as law
	export_countries.missing == {"permission"} with input as there("XB", []) with data.export_countries as law
	export_countries.satisfied with input as there("XB", ["licence_xb"]) with data.export_countries as law
}

test_other_countries_are_open if export_countries.satisfied with input as there("DE", []) with data.export_countries as law
