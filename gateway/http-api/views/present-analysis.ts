import type { Analysis } from '../../policies-admin/analysis/analyse-policy.ts'
import type { Evaluated } from '../../policies-admin/analysis/evaluate-expression.ts'
import type { Finding } from '../../policies-admin/analysis/finding.ts'
import type { FileCoverage } from '../../policies-admin/analysis/measure-coverage.ts'
import type { PolicyLanguage } from '../../policies-admin/language/policy-language.ts'
import type * as contract from '../contract/policy-analysis.ts'
import type { Language } from '../contract/policy-language.ts'

/** More than anybody mends at once; the worst come first. */
const mostDiagnostics = 500

export const presentFinding = ({ path, line, column, endLine, endColumn, severity, code, message }: Finding): contract.Diagnostic => ({
  path,
  line,
  column,
  end_line: endLine,
  end_column: endColumn,
  severity,
  code,
  message,
})

export function presentAnalysis(analysis: Analysis, versions: Readonly<Record<string, number>>): contract.Analysis {
  const { revision, findings, tests, blockedTests, coverage, symbols, tookMs } = analysis
  return {
    revision,
    versions,
    diagnostics: findings.slice(0, mostDiagnostics).map(presentFinding),
    more_diagnostics: Math.max(0, findings.length - mostDiagnostics),
    tests: tests.map(({ durationUs, ...test }) => ({ ...test, duration_us: durationUs })),
    blocked_tests: blockedTests,
    coverage: coverage && {
      percent: coverage.percent,
      decision_percent: coverage.decisionPercent,
      files: Object.fromEntries(Object.entries(coverage.files).map(([path, file]) => [path, presentCoverage(file)])),
    },
    symbols: symbols.map((symbol) => ({ ...symbol, args: [...symbol.args] })),
    took_ms: tookMs,
  }
}

const presentCoverage = ({ covered, notCovered, percent }: FileCoverage): contract.FileCoverage => ({
  covered: covered.map(([from, to]) => [from, to]),
  not_covered: notCovered.map(([from, to]) => [from, to]),
  percent,
})

export const presentEvaluated = (evaluated: Evaluated): contract.Evaluated => ({
  ok: evaluated.ok,
  defined: evaluated.defined,
  ...('value' in evaluated ? { result: evaluated.value } : {}),
  printed: [...evaluated.printed],
  diagnostics: evaluated.findings.map(presentFinding),
  explanation: [...evaluated.explanation],
  took_ms: evaluated.tookMs,
})

export const presentLanguage = (language: PolicyLanguage): Language => ({
  builtins: language.builtins.map((builtin) => ({ ...builtin, args: [...builtin.args] })),
  keywords: [...language.keywords],
  input_schema: language.inputSchema,
  output_schema: language.outputSchema,
  data_schema: language.dataSchema,
  data_files: { ...language.dataFiles },
  entrypoint: language.entrypoint,
})
