import { queryOptions } from '@tanstack/react-query'
import { apiClient } from '@/components/data/api-client'
import type { CreateInput } from '@/lib/domain/inputs'
import type { PairOperationKind } from '@/lib/domain/pair-operations'
import type { PlanView } from '@/lib/domain/views'

/** A plan lives as long as the page that shows it: once started it must not be offered again, and later the hosts are others. */
const plan = (key: readonly unknown[], path: string, body?: unknown) =>
  queryOptions({
    queryKey: ['plan', ...key],
    queryFn: () => apiClient.post<PlanView>(path, body),
    gcTime: 0,
  })

/** Readers of plans, each made from what the hosts say now. */
export const planQueries = {
  create: (input: CreateInput | null) => plan(['create', input], '/create/plan', input),
  onPair: (slug: string, operation: PairOperationKind, options: object = {}) =>
    plan([operation, slug, options], `/pairs/${encodeURIComponent(slug)}/${operation}/plan`, { options }),
}
