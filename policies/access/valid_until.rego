# The earliest instant at which time alone could change the decision. Whoever writes a rule that looks at the clock adds the
# instant to its `changes_at`; a test finds a rule that forgets it.
package sallyport.access

import data.sallyport.rules

far_future := 253402300799

valid_until := min(upcoming | {far_future})

upcoming contains instant if {
	some name in needed[input.action]
	some instant in rules[name].changes_at
	instant > input.time.unix
}
