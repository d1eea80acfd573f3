/** Whom an operator was shown, or chose from the list of those who asked here. */
export interface ShownPerson {
  readonly id: string
  readonly name: string
  readonly organisation: string
}

/** The operator knows a name; the id is the gateway's word alone, which could put anybody's name beside it. Who was renamed needs a press. */
export const isSamePerson = (one: ShownPerson, other: ShownPerson): boolean =>
  one.id === other.id && one.name === other.name && one.organisation === other.organisation
