import { cn } from '@/components/ui/cn'

/** The place of something that is being read; of the same size, so that nothing jumps when it comes. */
export function Skeleton({ className }: { className?: string }) {
  return <div className={cn('animate-pulse rounded-xl bg-line/60', className)} aria-hidden="true" />
}
