import { Crown } from 'lucide-react'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import type { Role } from '@/lib/domain/pair'
import { routes } from '@/lib/routes'

/** The last step: what is true now, and what is missing until the application is protected again. */
export function PromotedStep(props: {
  slug: string
  operationId: string
  hostNames: Readonly<Record<Role, string>>
}) {
  const { hostNames, slug } = props
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
            <Link href={routes.operation(props.operationId)} className={buttonClass()}>
              What was done
            </Link>
          </div>
        }
      >
        Its timeline has advanced and a row was written there. The application is not protected until there is
        a standby again: {hostNames.primary} must not come back writable, and is watched for.
      </Empty>
    </Card>
  )
}
