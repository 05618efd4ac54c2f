/** Held by one process at a time, until it is released or was not renewed in time, e.g. because its process stood still. */
export type Lease = {
  /** A number that no lease had before: what is written under it is refused once another process has taken the name. */
  readonly fence: number
  /** False once it was released or its time may have run out. */
  isHeld(): boolean
  release(): Promise<void>
}

/** Exclusive rights by name, shared by all workers of one store. */
export type Leases = {
  /** The lease, or null while another process has it. Throws STORE_UNAVAILABLE. */
  take(name: string): Promise<Lease | null>
  /** Releases all. */
  close(): Promise<void>
}
