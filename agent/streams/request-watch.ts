/** Is told of every request that goes to a service. */
export interface RequestWatch {
  begin(request: { readonly session: string; readonly service: string; readonly method: string; readonly path: string }): RequestNote
}

export interface RequestNote {
  /** At once, or when it is known that the request may go on. */
  whenClear(run: () => void): void
  up(bytes: number): void
  down(bytes: number): void
  /** Status as it was answered; null: there was no answer. May be called twice. */
  end(status: number | null): void
}
