import { Crown } from 'lucide-react'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import type { OperationView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** The last step: what is true now, and what is missing until the application is protected again. */
export function PromotedStep({ slug, view }: { slug: string; view: OperationView }) {
  const { hostNames, operation } = view
  const { steps } = operation.plan
  const hasDatabase = steps.some(({ id }) => id === 'promote-standby')
  // What is done on the old primary stands in the plan only where it answered.
  const isFenced = steps.some(({ host }) => host === 'primary')
  return (
    <Card>
      <Empty
        icon={Crown}
        title={`${hostNames.standby} is primary`}
        action={
          <div className="flex flex-wrap justify-center gap-2">
            <Link href={routes.pair(slug)} className={buttonClass({ kind: 'primary' })}>
              Watch it live
            </Link>
            {isFenced ? (
              <Link href={routes.pairOperation(slug, 're-pair')} className={buttonClass()}>
                Make {hostNames.primary} a standby again…
              </Link>
            ) : null}
            <Link href={routes.operation(operation.id)} className={buttonClass()}>
              What was done
            </Link>
          </div>
        }
      >
        {hasDatabase
          ? 'Its timeline has advanced and a row was written there.'
          : 'It says itself that it is the primary of the files, and none is copied onto it.'}{' '}
        The application is not protected until there is a standby again.{' '}
        {isFenced
          ? `${hostNames.primary} is fenced${hasDatabase ? ': its PostgreSQL is stopped, and would come up read-only' : ''}.`
          : `${hostNames.primary} could not be fenced: it must not come back writable, and is watched for.`}
      </Empty>
    </Card>
  )
}
