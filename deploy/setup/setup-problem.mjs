// @ts-check

/** Something that the set-up cannot mend by itself: one sentence that says what to install or to do. */
export class SetupProblem extends Error {
  /**
   * @param {string} sentence
   * @param {{ output?: string, cause?: unknown }} [details] `output` is what the failing program printed; shown above the sentence.
   */
  constructor(sentence, details = {}) {
    super(sentence, { cause: details.cause })
    this.name = 'SetupProblem'
    this.output = details.output ?? ''
  }
}
