/** Rules for the one press that journeys work on: the example of the shipped tests is another machine. */
const here = 'input.device.id == "press-7"'

interface OwnRule {
  readonly name: string
  readonly satisfied: string
  readonly code: string
  readonly granted: string
  readonly de: string
  readonly en: string
  readonly tests: string
  readonly data?: object
}

/** One rule beside the shipped ones, needed for asking, with its texts, tests and data. */
const ownRule = ({ name, satisfied, code, granted, de, en, tests, data = {} }: OwnRule): Record<string, string> => ({
  [`rules/${name}.rego`]: `# Of a journey.
package sallyport.rules.${name}

default satisfied := false

satisfied if not here

satisfied if {
	${satisfied}
}

here if ${here}

# METADATA
# custom:
#   reasons:
#     ${code}:
#       ${granted}
#       de: ${de}
#       en: ${en}
denials contains {"code": "${code}", "message": ""} if not satisfied
`,
  [`rules/${name}_test.rego`]: `package sallyport.rules.${name}_test

import data.sallyport.example
import data.sallyport.rules.${name}

at_press(technician) := object.union(example.use_input, {"device": {"id": "press-7"}, "technician": technician})

test_elsewhere if ${name}.satisfied with input as example.use_input

${tests}`,
  [`data/${name}.json`]: JSON.stringify({ [name]: data }),
  'data/also_needed.json': JSON.stringify({ also_needed: { [name]: ['request'] } }),
})

const trained = (level: number): string => `{"trainings": [{"product_line": "press", "level": ${level}, "valid_until": 9999999999}]}`

/** Whoever asks for the press has level 3. */
export const levelRule = ownRule({
  name: 'press_level',
  satisfied: 'some training in input.technician.trainings\n\ttraining.level >= data.press_level.least',
  code: 'press_level_too_low',
  granted: 'granted_by: service_administrator',
  de: '{reason: "An Pressen arbeitet nur, wer Stufe 3 hat.", remedy: "Den Kurs für Stufe 3 besuchen und eintragen lassen."}',
  en: '{reason: "Only level 3 works on presses.", remedy: "Attend the course for level 3 and have it recorded."}',
  tests: `test_level_3 if press_level.satisfied with input as at_press(${trained(3)})

test_level_2 if count(press_level.denials) == 1 with input as at_press(${trained(2)})
`,
  data: { least: 3 },
})

/** Whoever asks for the press has signed in after this instant. */
export const freshRule = (afterS: number): Record<string, string> =>
  ownRule({
    name: 'fresh',
    satisfied: 'input.technician.authentication.time > data.fresh.after',
    code: 'sign_in_too_old',
    granted: 'granted_by: self\n#       act: sign_in_again',
    de: '{reason: "Die Anmeldung ist dafür zu lange her.", remedy: "Erneut anmelden."}',
    en: '{reason: "The sign-in is too long ago for this.", remedy: "Sign in again."}',
    tests: `test_young if fresh.satisfied with input as at_press({"authentication": {"time": 9999999999}})

test_old if count(fresh.denials) == 1 with input as at_press({"authentication": {"time": 1}})
`,
    data: { after: afterS },
  })
