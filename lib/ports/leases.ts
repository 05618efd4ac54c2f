/** Held by one process at a time; lost with the process or its connection to the store. */
export type Lease = {
  /** False once it was released or lost. */
  isHeld(): boolean
  release(): Promise<void>
}

/** Exclusive rights by name, shared by all workers of one store. */
export type Leases = {
  /** The lease, or null while another process has it. Throws STORE_UNAVAILABLE. */
  take(name: string): Promise<Lease | null>
  close(): Promise<void>
}
