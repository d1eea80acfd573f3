# What a trainee's browser sends to a page changes nothing.
package sallyport.access

import data.sallyport.rules.trainee

request_rules contains {"effect": "deny", "methods": ["DELETE", "PATCH", "POST", "PUT"], "path": "/*"} if trainee.is_trainee
