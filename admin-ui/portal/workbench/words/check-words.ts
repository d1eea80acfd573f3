import { useWords } from '../../../words/language.tsx'
import type { Dictionary } from '../../../words/language.tsx'

/** Words of the panes *Tests* and *Try*. */
const en = {
  running: 'The tests run',
  stale: 'Of the text before; the newest is being looked at.',
  allGood: (tests: number) => (tests === 1 ? '1 test passes.' : `${tests} tests pass.`),
  failing: (failed: number, tests: number) => `${failed} of ${tests} tests fail.`,
  refused: (errors: number) =>
    errors === 1 ? '1 error: the compiler refuses this text.' : `${errors} errors: the compiler refuses this text.`,
  blocked: (tests: number) =>
    tests === 1 ? '1 test is not judged: mend the errors first.' : `${tests} tests are not judged: mend the errors first.`,
  findings: 'Findings',
  noFindings: 'Compiler and checks find nothing.',
  moreFindings: (count: number) => `and ${count} more`,
  severities: { error: 'Error', warning: 'Warning', hint: 'Hint' },
  place: (path: string, line: number) => `${path}, line ${line}`,
  wholePolicy: 'the whole policy',
  tests: 'Tests',
  passed: 'passes',
  failed: 'fails',
  showPassed: (count: number) => `Show the ${count} that pass`,
  testAgain: 'Run the tests again',
  testAgainHint: 'The newest run counts. A test that took too long while the machine was busy may pass.',
  coverage: 'Coverage',
  decisionCoverage: (percent: string) => `${percent} of the rules that decide`,
  wholeCoverage: (percent: string) => `${percent} of everything`,
  coverageWanted: (percent: string) => `An activation needs at least ${percent} of the rules that decide.`,
  coverageFile: 'File',
  coverageLines: 'Lines without a test',
  whole: 'whole',
  took: (time: string) => `Looked at in ${time}.`,
  outputOf: (name: string) => `Output of ${name}`,
  expression: 'Expression',
  expressionHint: 'In the package of the open file. In the text, Ctrl Enter takes the selection.',
  input: 'Input',
  inputHint: 'JSON, as the gateway would ask.',
  fromDecision: 'Take the input of a logged decision',
  chooseDecision: 'Choose a decision',
  evaluate: 'Evaluate',
  badInput: 'This is no JSON.',
  result: 'Result',
  undefined: 'undefined: no rule gives a value',
  printed: 'Printed',
  steps: 'Step by step',
  tookEvaluation: (time: string) => `Evaluated in ${time}.`,
}

const de: typeof en = {
  running: 'Die Tests laufen',
  stale: 'Vom Text davor; der neueste wird gerade angesehen.',
  allGood: (tests) => (tests === 1 ? '1 Test besteht.' : `${tests} Tests bestehen.`),
  failing: (failed, tests) => `${failed} von ${tests} Tests scheitern.`,
  refused: (errors) =>
    errors === 1 ? '1 Fehler: der Compiler lehnt diesen Text ab.' : `${errors} Fehler: der Compiler lehnt diesen Text ab.`,
  blocked: (tests) =>
    tests === 1
      ? '1 Test wird nicht beurteilt: beheben Sie zuerst die Fehler.'
      : `${tests} Tests werden nicht beurteilt: beheben Sie zuerst die Fehler.`,
  findings: 'Befunde',
  noFindings: 'Compiler und Prüfungen finden nichts.',
  moreFindings: (count) => `und ${count} weitere`,
  severities: { error: 'Fehler', warning: 'Warnung', hint: 'Hinweis' },
  place: (path, line) => `${path}, Zeile ${line}`,
  wholePolicy: 'die Regeln im Ganzen',
  tests: 'Tests',
  passed: 'besteht',
  failed: 'scheitert',
  showPassed: (count) => `Die ${count} zeigen, die bestehen`,
  testAgain: 'Tests noch einmal laufen lassen',
  testAgainHint: 'Der neueste Lauf zählt. Ein Test, der zu lange brauchte, als die Maschine viel zu tun hatte, kann dann bestehen.',
  coverage: 'Abdeckung',
  decisionCoverage: (percent) => `${percent} der Regeln, die entscheiden`,
  wholeCoverage: (percent) => `${percent} von allem`,
  coverageWanted: (percent) => `Zum Aktivieren müssen es mindestens ${percent} der entscheidenden Regeln sein.`,
  coverageFile: 'Datei',
  coverageLines: 'Zeilen ohne Test',
  whole: 'ganz',
  took: (time) => `Angesehen in ${time}.`,
  outputOf: (name) => `Ausgabe von ${name}`,
  expression: 'Ausdruck',
  expressionHint: 'Im Paket der offenen Datei. Im Text nimmt Strg Enter die Auswahl.',
  input: 'Eingabe',
  inputHint: 'JSON, wie das Gateway fragen würde.',
  fromDecision: 'Eingabe einer protokollierten Entscheidung nehmen',
  chooseDecision: 'Entscheidung wählen',
  evaluate: 'Auswerten',
  badInput: 'Das ist kein JSON.',
  result: 'Ergebnis',
  undefined: 'unbestimmt: keine Regel gibt einen Wert',
  printed: 'Ausgegeben',
  steps: 'Schritt für Schritt',
  tookEvaluation: (time) => `Ausgewertet in ${time}.`,
}

export type CheckWords = typeof en
const checkWords: Dictionary<CheckWords> = { en, de }
export const useCheckWords = (): CheckWords => useWords(checkWords)
