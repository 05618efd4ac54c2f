/** What a step of an unpair is behind its point of no return. */
export const onlyForward = {
  undo: 'forward-only',
  undoSentence: 'From here on it only goes forward.',
  irreversible: false,
  timeoutMs: 120_000,
} as const
