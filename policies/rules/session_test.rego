package sallyport.rules.session_test

import data.sallyport.example
import data.sallyport.rules.session

codes := {denial.code | some denial in session.denials}

test_a_session_passes if session.satisfied with input as example.use_input

test_without_a_session if {
	not session.satisfied with input as object.union(example.use_input, {"session": null})
	codes == {"no_session"} with input as object.union(example.use_input, {"session": null})
}
