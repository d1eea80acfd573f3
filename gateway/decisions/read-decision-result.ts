import type { DecisionLimits, DecisionResult, Denial, RequestRule } from './decision-result.ts'
import { withinCodePoints } from './within-code-points.ts'

const mostDenials = 100
const mostListed = 1000

/**
 * The policy's answer, rebuilt member by member, or null for anything outside of the contract. By hand, because the worker that
 * evaluates must start fast and loads nothing; a test holds it against {@link decisionResultSchema}.
 */
export function readDecisionResult(value: unknown): DecisionResult | null {
  if (!hasExactly(value, ['allow', 'denials', 'missing', 'limits', 'valid_until'])) return null
  const { allow, valid_until: validUntil } = value
  if (typeof allow !== 'boolean' || !isCount(validUntil)) return null
  const denials = readList(value['denials'], mostDenials, readDenial)
  const missing = readList(value['missing'], mostDenials, (item) => (isCode(item) ? item : null))
  const limits = readLimits(value['limits'])
  if (denials === null || missing === null || limits === null) return null
  return { allow, denials: inOrder(denials), missing: missing.toSorted(), limits, valid_until: validUntil }
}

/** Wasm gives sets in the order of their hashes; people and tests want one that stays. */
const inOrder = (denials: Denial[]): Denial[] => denials.toSorted((a, b) => compare(a.code, b.code) || compare(a.message, b.message))
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function readDenial(value: unknown): Denial | null {
  const dated = hasExactly(value, ['code', 'message', 'until'])
  if (!dated && !hasExactly(value, ['code', 'message'])) return null
  const { code, message } = value
  if (!isCode(code) || !isText(message, 1000)) return null
  if (!dated) return { code, message }
  const until = value['until']
  return isCount(until) ? { code, message, until } : null
}

function readLimits(value: unknown): DecisionLimits | null {
  if (!hasExactly(value, ['max_duration_s', 'services', 'transfer', 'record', 'on_unexplained', 'request_rules'])) return null
  const { max_duration_s: maxDurationS, transfer, record, on_unexplained: onUnexplained } = value
  if (!isCount(maxDurationS) || typeof transfer !== 'boolean' || typeof record !== 'boolean') return null
  if (onUnexplained !== 'mark' && onUnexplained !== 'pause') return null
  const services = readTexts(value['services'], mostListed, 256)
  const rules = readList(value['request_rules'], mostListed, readRequestRule)
  if (services === null || rules === null) return null
  return {
    max_duration_s: maxDurationS,
    services: services.toSorted(),
    transfer,
    record,
    on_unexplained: onUnexplained,
    request_rules: rules.toSorted((one, other) => compare(JSON.stringify(one), JSON.stringify(other))),
  }
}

function readRequestRule(value: unknown): RequestRule | null {
  if (!hasExactly(value, ['effect', 'methods', 'path'])) return null
  const methods = readTexts(value['methods'], 50, 32)
  const path = value['path']
  return value['effect'] === 'deny' && methods !== null && isText(path, 2048) ? { effect: 'deny', methods, path } : null
}

const readTexts = (value: unknown, most: number, longest: number): string[] | null =>
  readList(value, most, (item) => (isText(item, longest) ? item : null))

function readList<T>(value: unknown, most: number, read: (item: unknown) => T | null): T[] | null {
  if (!Array.isArray(value) || value.length > most) return null
  const items: T[] = []
  for (const item of value) {
    const one = read(item)
    if (one === null) return null
    items.push(one)
  }
  return items
}

function hasExactly(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name))
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isCode = (value: unknown): value is string => typeof value === 'string' && /^[a-z][a-z0-9_]{1,63}$/.test(value)
const isText = (value: unknown, longest: number): value is string => typeof value === 'string' && withinCodePoints(value, longest)
