/**
 * Open event streams of this process. Next waits for every open answer before it stops, and an event stream never ends
 * by itself: the SIGTERM hook calls `closeStreams` first. Kept on globalThis because Next evaluates modules more than once.
 */
type Close = () => void

declare global {
  var understudyStreams: Set<Close> | undefined
}

function openStreams(): Set<Close> {
  globalThis.understudyStreams ??= new Set()
  return globalThis.understudyStreams
}

/** Remembers how to end a stream; call what it returns when the stream has ended. */
export function rememberStream(close: Close): () => void {
  const streams = openStreams()
  streams.add(close)
  return () => streams.delete(close)
}

/** Ends every open stream; new ones may still be opened. Returns how many there were. */
export function closeStreams(): number {
  const closing = [...openStreams()]
  openStreams().clear()
  for (const close of closing) close()
  return closing.length
}
