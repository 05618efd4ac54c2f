import { Unlink2 } from 'lucide-react'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { routes } from '@/lib/routes'

/** In the place of a pair's page, once somebody has removed the pair while it was open. */
export function PairGone({ slug }: { slug: string }) {
  return (
    <Card role="alert">
      <Empty
        icon={Unlink2}
        title={`${slug} is no longer a pair here`}
        action={
          <Link href={routes.home()} className={buttonClass()}>
            To all pairs
          </Link>
        }
      >
        <p>
          Somebody has removed it just now. Nothing was changed on its hosts; the audit log tells who and
          when.
        </p>
      </Empty>
    </Card>
  )
}
