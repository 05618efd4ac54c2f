import Link from 'next/link'
import { actionHref, actionLabels } from '@/components/status/verdict-card'
import { Button, buttonClass } from '@/components/ui/button'
import type { PairView } from '@/lib/domain/views'

/** The way to a drill; where it is closed, why. */
export function StartDrill({ view }: { view: PairView }) {
  const found = view.actions.find(({ action }) => action === 'drill')
  if (found?.allowed)
    return (
      <Link href={actionHref('drill', view.pair.slug)} className={buttonClass()}>
        {actionLabels.drill}
      </Link>
    )
  return (
    <>
      <p id="why-drill" className="max-w-[48ch] text-ink3 text-xs">
        {found ? `Drill is off: ${found.reason}` : ''}
      </p>
      <Button disabled aria-describedby="why-drill">
        {actionLabels.drill}
      </Button>
    </>
  )
}
