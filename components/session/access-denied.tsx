import { ShieldX } from 'lucide-react'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { routes } from '@/lib/routes'

/** A page that the viewer's role does not open: why, and the way back. */
export function AccessDenied({ why }: { why: string }) {
  return (
    <Card>
      <Empty
        icon={ShieldX}
        title="Your role does not open this"
        action={
          <Link href={routes.home()} className={buttonClass()}>
            To all pairs
          </Link>
        }
      >
        {why} An administrator can change it.
      </Empty>
    </Card>
  )
}
