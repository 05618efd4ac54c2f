import { Skeleton } from '@/components/ui/skeleton'

const tiles = ['loss', 'receive', 'replay', 'segments', 'updated', 'ready']

/** The live page's places before its first facts are there. */
export function LivePageSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-3" aria-busy="true">
      <p role="status" className="sr-only">
        Loading the pair
      </p>
      <Skeleton className="h-9 w-72 max-w-full" />
      <Skeleton className="h-[88px]" />
      <Skeleton className="h-[340px] max-lg:h-[720px]" />
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        {tiles.map((tile) => (
          <Skeleton key={tile} className="h-[92px]" />
        ))}
      </div>
      <Skeleton className="h-72" />
    </div>
  )
}
