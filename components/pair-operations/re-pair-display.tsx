import type { PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'
import { rolesToBe } from '@/lib/domain/turned-round'
import type { PairView } from '@/lib/domain/views'

const rolesOf = ({ hosts, verdict, pair }: PairView) => rolesToBe(hosts, verdict, pair)

export const rePairDisplay: PairOperationDisplay = {
  titleOf: (view) => `Make ${rolesOf(view).standby.name} a standby again`,
  about: (view) => {
    const { primary, standby } = rolesOf(view)
    return (
      <>
        <b className="font-semibold">{standby.name}</b> follows {primary.name} again, by the cheapest way that
        is enough; the check “The way” says which, and why. What it has beyond {primary.name} is kept aside.{' '}
        {primary.name} goes on serving.
      </>
    )
  },
  button: (view) => `Make ${rolesOf(view).standby.name} a standby again`,
  kind: 'primary',
}
