/** What a step of a rotation is once the old key is let in no more. */
export const onlyForward = {
  undo: 'forward-only',
  undoSentence: 'From here on it only goes forward: the old key is let in no more.',
  irreversible: false,
  timeoutMs: 90_000,
  attemptsMax: 3,
} as const
