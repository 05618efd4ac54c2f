import { Telescope } from 'lucide-react'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { routes } from '@/lib/routes'

export default function NotFound() {
  return (
    <main className="grid min-h-dvh content-center">
      <Empty
        icon={Telescope}
        title="There is nothing at this address"
        action={
          <Link href={routes.home()} className={buttonClass()}>
            To all pairs
          </Link>
        }
      >
        It may have been mistyped, or what stood here is gone.
      </Empty>
    </main>
  )
}
