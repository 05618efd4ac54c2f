import { buildReport } from '@/lib/domain/operation-report'
import type { ServiceContext } from '@/lib/services/context'
import { readOperation } from '@/lib/services/operations/read-operation'

/** The report of an operation as Markdown, under a name that says what it is. Throws NOT_FOUND. */
export async function reportOperation(
  context: ServiceContext,
  input: unknown,
): Promise<{ fileName: string; markdown: string }> {
  const view = await readOperation(context, input)
  const { kind, id } = view.operation
  return { fileName: `${kind}-${view.pairSlug}-${id.slice(0, 8)}.md`, markdown: buildReport(view) }
}
