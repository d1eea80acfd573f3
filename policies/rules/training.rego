# Who works on a machine must be trained for its product line, well enough and not too long ago.
# A training counts until just before its `valid_until`. Level 0 in the data: this product line needs no training.
package sallyport.rules.training

default satisfied := false

satisfied if required_level == 0

satisfied if {
	some training in good_enough
	training.valid_until > input.time.unix
}

required_level := object.get(
	data.requirements.training.level,
	input.device.product_line,
	data.requirements.training.default_level,
)

for_product_line contains training if {
	some training in input.technician.trainings
	training.product_line == input.device.product_line
}

good_enough contains training if {
	some training in for_product_line
	training.level >= required_level
}

# METADATA
# custom:
#   reasons:
#     no_training:
#       granted_by: service_administrator
#       de:
#         reason: Für diese Produktlinie liegt keine Schulung vor.
#         remedy: Eine Schulung für die Produktlinie besuchen und eintragen lassen.
#       en:
#         reason: There is no training for this product line.
#         remedy: Attend a training for the product line and have it recorded.
denials contains {
	"code": "no_training",
	"message": concat("", ["There is no training for this product line: ", input.device.product_line, "."]),
} if {
	not satisfied
	count(for_product_line) == 0
}

# METADATA
# custom:
#   reasons:
#     training_level_too_low:
#       granted_by: service_administrator
#       de:
#         reason: Die Schulung für diese Produktlinie hat eine zu niedrige Stufe.
#         remedy: Die nächste Schulungsstufe besuchen und eintragen lassen.
#       en:
#         reason: The training for this product line is of too low a level.
#         remedy: Attend the next level of training and have it recorded.
denials contains {
	"code": "training_level_too_low",
	"message": concat("", ["The training for this product line is of too low a level: ", input.device.product_line, "."]),
} if {
	not satisfied
	count(for_product_line) > 0
	count(good_enough) == 0
}

# METADATA
# custom:
#   reasons:
#     training_expired:
#       granted_by: service_administrator
#       de:
#         reason: Die Schulung für diese Produktlinie ist abgelaufen.
#         remedy: Die Schulung auffrischen und eintragen lassen.
#       en:
#         reason: The training for this product line has expired.
#         remedy: Refresh the training and have it recorded.
denials contains {
	"code": "training_expired",
	"message": concat("", ["The training for this product line has expired: ", input.device.product_line, "."]),
} if {
	not satisfied
	count(good_enough) > 0
}

# METADATA
# custom:
#   missing:
#     training: {de: Gültige Schulung für die Produktlinie, en: Valid training for the product line}
missing contains "training" if not satisfied

changes_at contains training.valid_until if some training in for_product_line
