# In an emergency the training is not asked for.
package sallyport.rules.training

import data.sallyport.emergency

satisfied if emergency.granted
