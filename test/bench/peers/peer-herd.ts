/** The server of a peer that takes in many clients, each a connection and an identity of its own in that peer's terms. */
export interface PeerHerd extends AsyncDisposable {
  readonly serverPid: number
  /** Resolves when the server has taken in so many more clients, however few processes they are. */
  join(clients: number): Promise<void>
  /** Throws away what is not needed, where the server can be told, so that memory can be read. */
  collect(): Promise<void>
}
