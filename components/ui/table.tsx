import type { ComponentProps } from 'react'
import { cn } from '@/components/ui/cn'

export const Table = ({ className, ...rest }: ComponentProps<'table'>) => (
  <table className={cn('w-full border-collapse text-sm', className)} {...rest} />
)

export const Th = ({ className, ...rest }: ComponentProps<'th'>) => (
  <th
    scope="col"
    className={cn('border-line border-b px-3 py-2 text-left font-[550] text-ink3 text-xs', className)}
    {...rest}
  />
)

export const Tr = ({ className, ...rest }: ComponentProps<'tr'>) => (
  <tr className={cn('border-line border-b last:border-b-0', className)} {...rest} />
)

export const Td = ({ className, ...rest }: ComponentProps<'td'>) => (
  <td className={cn('px-3 py-2.5 align-middle', className)} {...rest} />
)
