import { ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { routes } from '@/lib/routes'

/** The last step: seen, not assumed; and where to look from now on. */
export function DoneStep({ slug, operationId }: { slug: string; operationId: string }) {
  return (
    <Card>
      <Empty
        icon={ShieldCheck}
        title={`${slug} has a standby`}
        action={
          <div className="flex flex-wrap justify-center gap-2">
            <Link href={routes.pair(slug)} className={buttonClass({ kind: 'primary' })}>
              Watch it live
            </Link>
            <Link href={routes.operation(operationId)} className={buttonClass()}>
              What was done
            </Link>
          </div>
        }
      >
        Its effect was seen step by step: the standby streams, and the first copy of every directory is there.
        The live page says from now on what a failover would cost.
      </Empty>
    </Card>
  )
}
