import { patient } from '@/bench/pair/bench-pair'
import type { LabHost } from '@/lab/lab-host'

/** Milliseconds that shell text takes on the host, by the host's own clock. */
export async function timed(host: LabHost, text: string): Promise<number> {
  const took = await host.exec(
    `began=$(date +%s%N)\n{ ${text}\n} >/dev/null || exit 1\nended=$(date +%s%N)\necho $(((ended - began) / 1000000))`,
    patient,
  )
  return Number(took)
}
