import { Pill, type Tone } from '@/components/ui/pill'
import { type Drill, type DrillCheck, type DrillOutcome, drillOutcomeWords } from '@/lib/domain/drill'

const tones: Readonly<Record<DrillOutcome, Tone>> = {
  running: 'busy',
  passed: 'ok',
  failed: 'bad',
  'gave-way': 'warn',
  'broken-off': 'unknown',
}

export const DrillPill = ({ outcome }: Pick<Drill, 'outcome'>) => (
  <Pill tone={tones[outcome]} size="small" className="pl-2">
    {drillOutcomeWords[outcome]}
  </Pill>
)

const checkLooks: Readonly<Record<DrillCheck['outcome'], { readonly tone: Tone; readonly word: string }>> = {
  passed: { tone: 'ok', word: 'passed' },
  failed: { tone: 'bad', word: 'failed' },
  'cut-short': { tone: 'warn', word: 'cut short' },
  'left-out': { tone: 'quiet', word: 'left out' },
}

export function CheckPill({ outcome }: Pick<DrillCheck, 'outcome'>) {
  const { tone, word } = checkLooks[outcome]
  return (
    <Pill tone={tone} size="small" className="pl-2">
      {word}
    </Pill>
  )
}
