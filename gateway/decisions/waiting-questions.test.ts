import { describe, expect, it } from 'vitest'
import { WaitingQuestions, type WaitingQuestion } from './waiting-questions.ts'

const question = (input: string, more: Partial<WaitingQuestion> = {}): WaitingQuestion => ({
  input,
  patient: input.startsWith('p'),
  resolve: () => {},
  queuedAt: 0,
  strikes: 0,
  ...more,
})

function waiting(...questions: readonly WaitingQuestion[]): WaitingQuestions {
  const all = new WaitingQuestions()
  for (const one of questions) all.push(one)
  return all
}

const many = (name: string, count: number): WaitingQuestion[] => Array.from({ length: count }, (_, index) => question(`${name}${index}`))
const namesOf = (questions: readonly WaitingQuestion[]): string[] => questions.map(({ input }) => input)

describe('questions that wait for the worker', () => {
  it('are taken in their order, those that somebody waits for first', () => {
    const all = waiting(question('p1'), question('p2'), question('a'), question('p3'), question('b'))
    expect(namesOf(all.take(4))).toEqual(['a', 'b', 'p1', 'p2'])
    expect([all.length, namesOf(all.take(4)), namesOf(all.take(4))]).toEqual([1, ['p3'], []])
  })

  it('are given to a worker that helps where nobody waits for them and none failed before', () => {
    const all = waiting(question('a'), question('p1'), question('p2'), question('p3'))
    expect([namesOf(all.takePatient(2)), namesOf(all.takePatient(2)), namesOf(all.takePatient(2))]).toEqual([['p1', 'p2'], ['p3'], []])
    all.putBack([question('p4', { strikes: 1 }), question('p5')])
    expect(all.takePatient(2)).toEqual([])
    expect([namesOf(all.takeAllPatient()), namesOf(all.takeAll()), all.length]).toEqual([['p4', 'p5'], ['a'], 0])
  })

  it('keep a quarter of each batch for the patient ones, however many others there are', () => {
    const all = waiting(...many('p', 30), ...many('a', 200))
    const patientOf = (batch: readonly WaitingQuestion[]): number[] => [batch.length, batch.filter(({ patient }) => patient).length]
    expect(patientOf(all.take(100))).toEqual([100, 25])
    expect(patientOf(all.take(100))).toEqual([100, 5])
    expect(patientOf(all.take(100))).toEqual([30, 0])
  })

  it('come back to their place, and alone where they took a worker with them', () => {
    const all = waiting(question('a'), question('p1'))
    all.putBack([question('p0', { strikes: 1 }), question('b')])
    expect(namesOf(all.take(10))).toEqual(['p0'])
    expect(namesOf(all.take(10))).toEqual(['b', 'a', 'p1'])
  })

  it('are given up when they have waited too long, in both lines', () => {
    const all = waiting(
      question('p1', { queuedAt: 5 }),
      question('a', { queuedAt: 7 }),
      question('p2', { queuedAt: 9 }),
      question('b', { queuedAt: 9 }),
    )
    expect(namesOf(all.takeOlderThan(9))).toEqual(['a', 'p1'])
    expect(namesOf(all.takeOlderThan(9))).toEqual([])
    expect(namesOf(all.takeAll())).toEqual(['b', 'p2'])
    expect(all.length).toBe(0)
  })
})
