import type { FarSentence } from '../words/far-words.ts'

/** A longer name is written smaller, so that what stands beside it keeps its room. */
const sizeOf = (text: string): 'long' | 'very-long' | undefined => (text.length > 30 ? 'very-long' : text.length > 15 ? 'long' : undefined)

/** Read at 2 m where the screen is large enough: what somebody across the hall has to know. */
export const FarText = ({ text }: { readonly text: string }) => (
  <span className="far-text" data-length={sizeOf(text)}>
    {text}
  </span>
)

/** A sentence with the part of it that is read from afar. */
export const FarLine = ({ before, far, after }: FarSentence) => (
  <>
    {before}
    <FarText text={far} />
    {after}
  </>
)

/** The sentence around a name, which is what is read from afar. */
export const sentenceAround = (name: string, say: (name: string) => string): FarSentence => {
  const [before = '', after = ''] = say('\u0000').split('\u0000')
  return { before, far: name, after }
}
