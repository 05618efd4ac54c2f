import { CircleHelp, CircleUserRound, OctagonX, ShieldAlert } from 'lucide-react'
import Link from 'next/link'
import type { Problem } from '@/components/data/api-client'
import { Button, buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { routes } from '@/lib/routes'

/** Icons that the states and the menu bring along anyway: every page loads this one. */
const looks = {
  NOT_FOUND: { icon: CircleHelp, title: 'There is nothing at this address' },
  NOT_ALLOWED: { icon: ShieldAlert, title: 'Your role does not open this' },
  NOT_SIGNED_IN: { icon: CircleUserRound, title: 'You are signed out' },
} as const

/** A page that could not be shown: what happened and what to do, in the place of the page. */
export function ProblemPage({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const known = Object.entries(looks).find(([code]) => code === problem.code)?.[1]
  return (
    <Card role="alert">
      <Empty
        icon={known?.icon ?? OctagonX}
        title={known?.title ?? 'This could not be loaded'}
        action={
          <div className="flex flex-wrap justify-center gap-2">
            {onRetry && !known ? <Button onClick={onRetry}>Try again</Button> : null}
            <Link href={routes.home()} className={buttonClass({ kind: known ? 'plain' : 'ghost' })}>
              To all pairs
            </Link>
          </div>
        }
      >
        <p>{problem.message}</p>
        {problem.fix ? <p className="mt-1">{problem.fix}</p> : null}
      </Empty>
    </Card>
  )
}
