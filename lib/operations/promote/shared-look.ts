/** A look that one step begins and another takes: while somebody waits, what only waits itself is waited for meanwhile. */
export type SharedLook<C> = {
  /** Begins to look and returns at once; what it finds is for whoever takes it. */
  begin(context: C): void
  /** What was begun a moment ago, or a new look. Throws as the look does; what was taken is not taken twice. */
  take(context: C): Promise<void>
}

/** How long ago a look may have been begun to count as now. */
const maxAgeMs = 1_000

export function sharedLook<C>(look: (context: C) => Promise<void>): SharedLook<C> {
  let begun: { readonly at: number; readonly answer: Promise<void> } | null = null
  const start = (context: C) => {
    const answer = look(context)
    answer.catch(() => undefined) // it is thrown to whoever takes it
    return answer
  }
  return {
    begin(context) {
      begun = { at: performance.now(), answer: start(context) }
    },
    take(context) {
      const recent = begun && performance.now() - begun.at <= maxAgeMs ? begun.answer : null
      begun = null
      return recent ?? start(context)
    },
  }
}
