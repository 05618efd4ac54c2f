import { stateDisplay } from '@/components/status/state-display'
import { Pill } from '@/components/ui/pill'
import type { PairState } from '@/lib/domain/states'

export function StatePill({ state, size }: { state: PairState | null; size?: 'normal' | 'small' }) {
  const { title, tone, Icon } = stateDisplay(state)
  return (
    <Pill tone={tone} size={size ?? 'normal'} icon={<Icon aria-hidden="true" strokeWidth={2.2} />}>
      {title}
    </Pill>
  )
}
