/**
 * The built-in functions that a policy may use. The compiler knows more, but the Wasm engine has them not, or has them with another
 * answer: `replace` of an empty text never ends there, `format_int` and `div` trap, `base64.is_valid`, `json.is_valid`, `indexof`, `to_number`
 * and `net.cidr_contains` judge some inputs differently, `json.marshal` orders members by hash. `policies/builtins.test.ts` holds that
 * each of these gives in Wasm what `opa eval` gives.
 */
export const policyBuiltins = [
  'abs', 'and', 'array.concat', 'array.flatten', 'array.reverse', 'array.slice', 'assign', 'base64.encode', 'base64url.decode',
  'base64url.encode', 'bits.and', 'bits.lsh', 'bits.negate', 'bits.or', 'bits.rsh', 'bits.xor', 'ceil', 'concat', 'contains', 'count',
  'endswith', 'eq', 'equal', 'floor', 'glob.match', 'graph.reachable', 'gt', 'gte', 'internal.member_2', 'internal.member_3',
  'intersection', 'is_array', 'is_boolean', 'is_null', 'is_number', 'is_object', 'is_set', 'is_string', 'json.filter', 'json.remove',
  'json.unmarshal', 'lower', 'lt', 'lte', 'max', 'min', 'minus', 'mul', 'neq', 'numbers.range', 'object.filter', 'object.get',
  'object.keys', 'object.remove', 'object.union', 'or', 'plus', 'product', 'regex.find_all_string_submatch_n', 'regex.is_valid',
  'regex.match', 'rem', 'round', 'sort', 'split', 'startswith', 'strings.replace_n', 'strings.reverse', 'substring', 'sum', 'trim',
  'trim_left', 'trim_prefix', 'trim_right', 'trim_space', 'trim_suffix', 'type_name', 'union', 'upper', 'walk',
] as const
