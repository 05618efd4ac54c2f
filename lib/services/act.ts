import { AppError } from '@/lib/errors'
import type { Repositories } from '@/lib/ports/store'
import type { ServiceContext } from '@/lib/services/context'

export type Deed = {
  /** What is done, e.g. `host.register`. */
  readonly action: string
  /** To what: a host's name, a pair's slug, an operation's id. */
  readonly subject: string
}

/** Runs one transaction that also writes the audit row; `detail` adds to that row. */
export type Commit = <T>(body: (repositories: Repositories) => Promise<T>, detail?: string) => Promise<T>

/**
 * The frame of every verb that changes something. `body` looks at hosts first if it must, then calls `commit` once: its
 * changes and the audit row stand or fall together. An AppError on the way is written as a refused attempt.
 */
export async function act<T>(
  context: ServiceContext,
  deed: Deed,
  body: (commit: Commit) => Promise<T>,
): Promise<T> {
  const row = { ...deed, actor: context.actor.name, origin: context.origin }
  const commit: Commit = (change, detail = '') =>
    context.store.transaction(async (repositories) => {
      const result = await change(repositories)
      await repositories.audit.append({ ...row, outcome: 'done', detail })
      return result
    })
  try {
    return await body(commit)
  } catch (error) {
    if (error instanceof AppError)
      await context.store.audit.append({
        ...row,
        outcome: 'refused',
        detail: `${error.code}: ${error.message}`,
      })
    throw error
  }
}

/**
 * The frame of every verb that changes nothing but asks a host, most often with the secret that is kept of it, on somebody's
 * request: that too was done by somebody. `body` does all of it; `detail` tells what was seen. What the dashboard looks at by itself,
 * again and again, leaves no row.
 */
export async function look<T>(
  context: ServiceContext,
  deed: Deed,
  body: () => Promise<T>,
  detail: (seen: T) => string = () => '',
): Promise<T> {
  if (context.actor.kind === 'system') return body()
  return act(context, deed, async (commit) => {
    const seen = await body()
    return commit(async () => seen, detail(seen))
  })
}
