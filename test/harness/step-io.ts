import type { StepIo } from '@/lib/operations/engine/step'

/** A step's view of the engine, with what the step said. */
export function listeningIo(): StepIo & { readonly said: string[] } {
  const said: string[] = []
  return {
    signal: new AbortController().signal,
    attempt: 1,
    output: (line) => said.push(line),
    progress: () => undefined,
    said,
  }
}
