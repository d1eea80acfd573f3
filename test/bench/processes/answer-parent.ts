export interface Asked {
  readonly id: number
  readonly what: string
  readonly question: object
}

export interface Answered {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

/** The other end of `startChild`: answers by name, and ends when the parent is gone. `close` runs before. */
export function answerParent(
  answers: Readonly<Record<string, (question: never) => unknown>>,
  close: () => Promise<void> = async () => {},
): void {
  const answer = async ({ id, what, question }: Asked): Promise<Answered> => {
    try {
      const find = answers[what]
      if (find === undefined) throw new Error(`nobody answers ${what}`)
      return { id, answer: (await find(question as never)) ?? null }
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
  }
  process.on('message', (asked: Asked) => void answer(asked).then((answered) => process.connected && process.send?.(answered)))
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), 5_000).unref()
    void close().finally(() => process.exit(0))
  })
}
