'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { useCallback, useEffect, useRef, useState } from 'react'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { type Answers, type DraftDoor, DraftKeeper, nothingUnkept } from '@/components/wizard/draft-keeper'
import type { Draft, DraftKind } from '@/lib/domain/views'

export type DraftHandle = {
  /** What the store holds, with what was changed here since. */
  readonly answers: Answers
  readonly draft: Draft | null
  /** From the URL; null on the first visit. */
  readonly step: string | null
  readonly isLoading: boolean
  readonly loadError: unknown
  /** Why the last change could not be kept. */
  readonly saveError: unknown
  /** Takes what the store holds now, in place of what was changed here and not kept. */
  reload(): Promise<void>
  /** Takes the change at once and keeps it in the store when typing pauses. Never a secret. */
  change(patch: Answers): void
  /** Resolves once the store holds everything that was changed here. */
  keep(): Promise<void>
  /** Keeps what is pending, then goes to the step; an entry of its own in the browser's history, or in place of this one. */
  go(step: string, patch?: Answers, history?: 'push' | 'replace'): Promise<void>
}

const door: DraftDoor = {
  create: (draft) => apiClient.post<Draft>('/drafts', draft, { outlivesPage: true }),
  update: (id, change) =>
    apiClient.put<Draft>(`/drafts/${encodeURIComponent(id)}`, change, { outlivesPage: true }),
}

const stepInAddress = parseAsString.withOptions({ history: 'push' })

/**
 * A wizard's answers, kept in the store and found by the URL (`draft`, `step`): reload, the back button, a second browser and
 * a colleague all see the same. The draft is made with the first answer, not by looking.
 */
export function useDraft(kind: DraftKind): DraftHandle {
  const [draftId, setDraftId] = useQueryState('draft')
  const [step, setStep] = useQueryState('step', stepInAddress)
  const stored = useQuery({ ...queries.draft(draftId ?? ''), enabled: draftId !== null, staleTime: 0 })
  const { keeper, unkept, reload } = useKeeper(kind, (id) => setDraftId(id, { history: 'replace' }))
  const draft = stored.data ?? null
  useEffect(() => keeper.found({ id: draftId, step, draft }), [keeper, draftId, step, draft])
  useEffect(() => keeper.watch(window), [keeper])
  const go = useCallback<DraftHandle['go']>(
    async (next, patch = {}, history = 'push') => {
      if (!(await keeper.turnTo(next, patch))) return
      await setStep(next, { history })
      window.scrollTo({ top: 0 })
    },
    [keeper, setStep],
  )
  return {
    answers: { ...draft?.answers, ...unkept.pending },
    draft,
    step,
    isLoading: draftId !== null && stored.isPending,
    loadError: stored.error,
    saveError: unkept.error,
    reload: () => reload(draftId),
    change: (patch) => keeper.change(patch),
    keep: () => keeper.keep(),
    go,
  }
}

/** The page's one keeper; `onNew` is told the id of the draft that it makes. */
function useKeeper(kind: DraftKind, onNew: (id: string) => Promise<unknown>) {
  const client = useQueryClient()
  const [unkept, setUnkept] = useState(nothingUnkept)
  const newest = useRef(onNew)
  useEffect(() => {
    newest.current = onNew
  })
  const [keeper] = useState(() => {
    const kept = async (draft: Draft, isNew: boolean) => {
      const { queryKey } = queries.draft(draft.id)
      // An answer that is on its way was given before this one.
      await client.cancelQueries({ queryKey })
      client.setQueryData(queryKey, draft)
      if (isNew) await newest.current(draft.id)
    }
    return new DraftKeeper(kind, door, { changed: setUnkept, kept })
  })
  const reload = async (id: string | null) => {
    keeper.forget()
    await client.invalidateQueries({ queryKey: queries.draft(id ?? '').queryKey })
  }
  return { keeper, unkept, reload }
}
