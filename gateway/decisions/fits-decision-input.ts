import { accessActions } from './decision-input.ts'
import type { DecisionInput } from './decision-input.ts'
import { withinCodePoints } from './within-code-points.ts'

/**
 * Whether these are facts that {@link decisionInputSchema} takes. By hand, because every question passes here and the schema takes ten times as long; a test holds the two
 * together. What does not fit is asked of the schema once more, which says why.
 */
export function fitsDecisionInput(value: unknown): value is DecisionInput {
  return (
    hasExactly(value, ['action', 'time', 'technician', 'device', 'service', 'approval', 'session', 'context']) &&
    actions.has(value['action']) &&
    isTime(value['time']) &&
    isTechnician(value['technician']) &&
    isDevice(value['device']) &&
    (value['service'] === null || isService(value['service'])) &&
    (value['approval'] === null || isApproval(value['approval'])) &&
    (value['session'] === null || isSession(value['session'])) &&
    hasExactly(value['context'], ['ip']) &&
    (value['context']['ip'] === null || isText(value['context']['ip'], 64))
  )
}

const oneOf = (...values: readonly string[]): ReadonlySet<unknown> => new Set(values)
const actions = oneOf(...accessActions)
const weekdays = oneOf('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
const personStates = oneOf('active', 'disabled')
const deviceStates = oneOf('pending', 'active', 'suspended', 'revoked')
const recordingModes = oneOf('off', 'mask_all', 'mask_texts', 'mask_passwords')
const kinds = oneOf('http', 'vnc', 'ssh', 'tcp')
const approvalModes = oneOf('attended', 'reconnect', 'planned', 'unattended')
const proofs = oneOf('none', 'pin', 'hardware')

function isTime(value: unknown): boolean {
  if (!hasExactly(value, ['unix', 'utc', 'local'])) return false
  const { unix, utc, local } = value
  return (
    isCount(unix) &&
    isText(utc, 40) &&
    hasExactly(local, ['date', 'weekday', 'hour', 'minute', 'zone']) &&
    isText(local['date'], 10) &&
    weekdays.has(local['weekday']) &&
    isCount(local['hour'], 23) &&
    isCount(local['minute'], 59) &&
    isName(local['zone'])
  )
}

const technicianMembers = [
  'id',
  'name',
  'organisation',
  'regions',
  'permissions',
  'trainings',
  'undertaking',
  'authentication',
  'workstation',
  'status',
]

function isTechnician(value: unknown): boolean {
  if (!hasExactly(value, technicianMembers)) return false
  const { undertaking, authentication, workstation } = value
  return (
    isName(value['id']) &&
    isText(value['name'], longestText) &&
    isName(value['organisation']) &&
    isList(value['regions'], 1000, isName) &&
    isList(value['permissions'], 1000, isName) &&
    isList(value['trainings'], 1000, isTraining) &&
    (undertaking === null ||
      (hasExactly(undertaking, ['version', 'accepted_at']) && isName(undertaking['version']) && isCount(undertaking['accepted_at']))) &&
    hasExactly(authentication, ['methods', 'time']) &&
    isList(authentication['methods'], 20, isName) &&
    isCount(authentication['time']) &&
    (workstation === null ||
      (hasExactly(workstation, ['managed', 'posture']) &&
        typeof workstation['managed'] === 'boolean' &&
        isText(workstation['posture'], longestText))) &&
    personStates.has(value['status'])
  )
}

function isTraining(value: unknown): boolean {
  return (
    hasExactly(value, ['product_line', 'level', 'valid_until']) &&
    isName(value['product_line']) &&
    isCount(value['level'], 100) &&
    isCount(value['valid_until'])
  )
}

const deviceMembers = [
  'id',
  'organisation',
  'site',
  'region',
  'country',
  'product_line',
  'model',
  'switches',
  'recording',
  'contract',
  'status',
]

function isDevice(value: unknown): boolean {
  if (!hasExactly(value, deviceMembers)) return false
  const { contract } = value
  return (
    isName(value['id']) &&
    isName(value['organisation']) &&
    isText(value['site'], longestText) &&
    isText(value['region'], longestLabel) &&
    isText(value['country'], longestText) &&
    isText(value['product_line'], longestLabel) &&
    isText(value['model'], longestText) &&
    isRecord(value['switches'], (on) => typeof on === 'boolean') &&
    isRecord(value['recording'], (mode) => recordingModes.has(mode)) &&
    (contract === null ||
      (hasExactly(contract, ['id', 'valid_until']) &&
        isText(contract['id'], longestText) &&
        (contract['valid_until'] === null || isCount(contract['valid_until'])))) &&
    deviceStates.has(value['status'])
  )
}

const isService = (value: unknown): boolean => hasExactly(value, ['name', 'kind']) && isName(value['name']) && kinds.has(value['kind'])

function isApproval(value: unknown): boolean {
  return (
    hasExactly(value, ['operator', 'mode', 'proof', 'granted_at', 'expires_at', 'services']) &&
    isText(value['operator'], longestText) &&
    approvalModes.has(value['mode']) &&
    proofs.has(value['proof']) &&
    isCount(value['granted_at']) &&
    isCount(value['expires_at']) &&
    isList(value['services'], 100, isName)
  )
}

function isSession(value: unknown): boolean {
  return (
    hasExactly(value, ['id', 'requested_at', 'approved_at', 'opened_at', 'extensions', 'purpose', 'ticket', 'duration_s']) &&
    isName(value['id']) &&
    isCount(value['requested_at']) &&
    (value['approved_at'] === null || isCount(value['approved_at'])) &&
    (value['opened_at'] === null || isCount(value['opened_at'])) &&
    isCount(value['extensions'], 1000) &&
    isText(value['purpose'], longestText) &&
    (value['ticket'] === null || isText(value['ticket'], longestText)) &&
    isCount(value['duration_s'])
  )
}

const longestText = 4096
const longestLabel = 256
const isText = (value: unknown, longest: number): boolean => typeof value === 'string' && withinCodePoints(value, longest)
const isName = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && withinCodePoints(value, 256)
const isCount = (value: unknown, most = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most

function isList(value: unknown, most: number, fits: (item: unknown) => boolean): boolean {
  if (!Array.isArray(value) || value.length > most) return false
  // No `every`: it passes over what is missing.
  for (let at = 0; at < value.length; at += 1) if (!fits(value[at])) return false
  return true
}

function isRecord(value: unknown, fits: (member: unknown) => boolean): boolean {
  if (!isPlain(value)) return false
  for (const name of Object.keys(value)) if (!withinCodePoints(name, longestLabel) || !fits(value[name])) return false
  return true
}

function hasExactly(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (!isPlain(value)) return false
  if (Object.keys(value).length !== names.length) return false
  for (const name of names) if (!Object.hasOwn(value, name)) return false
  return true
}

/** Nothing that is inherited counts, in JSON neither. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
