import type { StepIo } from '@/lib/operations/engine/step'
import type { HostDoor } from '@/lib/ports/host-door'

/** What a job says beyond this is left on the host. */
const linesMax = 500

/** Shows the job's output line by line as it comes. */
export function jobLines(door: HostDoor, jobId: string, io: StepIo): () => Promise<void> {
  let offset = 0
  let rest = ''
  let shown = 0
  return async () => {
    const { text, nextOffset } = await door.jobOutput(jobId, offset)
    offset = nextOffset
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.slice(0, Math.max(0, linesMax - shown))) io.output(line)
    shown += lines.length
  }
}
