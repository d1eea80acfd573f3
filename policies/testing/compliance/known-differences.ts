/** Cases of OPA's own that our engine answers otherwise, by name. Whoever adds one says why it does no harm. */
export const knownDifferences: Readonly<Record<string, string>> = {
  'data/toplevel integer':
    'a number in a reference to data finds a member whose name is that number as text (open-policy-agent/opa#3711); in Wasm it finds nothing, and the rule is undefined',
  'data/nested integer': 'as `data/toplevel integer`',
}

/** Cases that are no rule of a policy, or that the contract refuses on purpose. */
export const notForUs: Readonly<Record<string, string>> = {
  'fix1863/is defined': 'asks for all of `data`, of which the question itself is a part here',
  'topdowndynamicdispatch/dynamic dispatch': 'asks for all of `data` by a variable, of which the question itself is a part here',
  'strings/concat: set':
    'joins a set: `capabilities.json` lets `concat` have arrays alone, since the order of a set in Wasm is that of its hashes',
}
