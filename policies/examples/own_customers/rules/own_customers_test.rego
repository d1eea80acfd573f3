package sallyport.rules.own_customers_test

import data.sallyport.example
import data.sallyport.rules.own_customers

partners := {"partner": {"Pressparts": ["Customer"], "Newcomer": []}}

of_company(name) := example.with_technician({"organisation": name})

test_a_partner_works_for_its_own_customers if {
	own_customers.satisfied with input as of_company("Pressparts") with data.own_customers as partners
	other := object.union(of_company("Pressparts"), {"device": {"organisation": "Somebody else"}})
	{denial.code | some denial in own_customers.denials} == {"not_own_customer"} with input as other with data.own_customers as partners
}

test_a_partner_without_customers_sees_nothing if {
	not own_customers.satisfied with input as of_company("Newcomer") with data.own_customers as partners
}

test_others_are_not_bounded if own_customers.satisfied with input as of_company("Service") with data.own_customers as partners
