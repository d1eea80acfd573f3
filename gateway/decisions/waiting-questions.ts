import type { Evaluation } from './policy-instance.ts'

export interface WaitingQuestion {
  /** JSON of a policy input. */
  readonly input: string
  /** Nobody looks on while it waits: those that somebody does go first. */
  readonly patient: boolean
  readonly resolve: (evaluation: Evaluation) => void
  /** By the monotonic clock, milliseconds. */
  readonly queuedAt: number
  /** How many workers it has taken with it. */
  strikes: number
}

/** The least part of a batch that is kept for patient questions while any wait: however much is asked, they come to their turn. */
const patientPart = 1 / 4

/** What waits for the worker, in two lines: thousands of sessions that are decided anew keep nobody waiting who asks for one stream. */
export class WaitingQuestions {
  #urgent: WaitingQuestion[] = []
  #patient: WaitingQuestion[] = []

  get length(): number {
    return this.#urgent.length + this.#patient.length
  }

  push(question: WaitingQuestion): void {
    ;(question.patient ? this.#patient : this.#urgent).push(question)
  }

  /** Back to their places, before all others. */
  putBack(questions: readonly WaitingQuestion[]): void {
    this.#urgent.unshift(...questions.filter(({ patient }) => !patient))
    this.#patient.unshift(...questions.filter(({ patient }) => patient))
  }

  /** The next batch. What failed before comes alone, so that it takes nothing else with it. */
  take(most: number): WaitingQuestion[] {
    for (const line of [this.#urgent, this.#patient]) if ((line[0]?.strikes ?? 0) > 0) return line.splice(0, 1)
    const kept = Math.min(this.#patient.length, Math.floor(most * patientPart))
    const urgent = this.#urgent.splice(0, most - kept)
    return [...urgent, ...this.#patient.splice(0, most - urgent.length)]
  }

  /** A batch of patient ones for a worker that helps; none that failed before. */
  takePatient(most: number): WaitingQuestion[] {
    return (this.#patient[0]?.strikes ?? 0) > 0 ? [] : this.#patient.splice(0, most)
  }

  /** Those that came before `momentMs`; they wait no more. */
  takeOlderThan(momentMs: number): WaitingQuestion[] {
    const late = [...this.#urgent, ...this.#patient].filter(({ queuedAt }) => queuedAt < momentMs)
    if (late.length > 0) {
      this.#urgent = this.#urgent.filter(({ queuedAt }) => queuedAt >= momentMs)
      this.#patient = this.#patient.filter(({ queuedAt }) => queuedAt >= momentMs)
    }
    return late
  }

  takeAllPatient(): WaitingQuestion[] {
    return this.#patient.splice(0)
  }

  takeAll(): WaitingQuestion[] {
    return [...this.#urgent.splice(0), ...this.takeAllPatient()]
  }
}
