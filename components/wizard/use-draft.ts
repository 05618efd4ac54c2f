'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { useCallback, useEffect, useRef, useState } from 'react'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import type { Draft, DraftKind } from '@/lib/domain/views'

type Answers = Draft['answers']

const quietMs = 500

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
  /** Keeps what is pending, then goes to the step; a new entry in the browser's history. */
  go(step: string, patch?: Answers): Promise<void>
}

/**
 * A wizard's answers, kept in the store and found by the URL (`draft`, `step`): reload, the back button, a second browser and
 * a colleague all see the same. The draft is made with the first answer, not by looking.
 */
export function useDraft(kind: DraftKind): DraftHandle {
  const client = useQueryClient()
  const [draftId, setDraftId] = useQueryState('draft')
  const [step, setStep] = useQueryState('step', parseAsString.withOptions({ history: 'push' }))
  const stored = useQuery({ ...queries.draft(draftId ?? ''), enabled: draftId !== null, staleTime: 0 })
  const [pending, setPending] = useState<Answers>({})
  const [saveError, setSaveError] = useState<unknown>(null)
  const state = useRef({ id: draftId, pending, step: step ?? 'first', saved: {} as Answers, version: 1 })
  const chain = useRef<Promise<void>>(Promise.resolve())
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    state.current.id = draftId ?? state.current.id
    state.current.step = step ?? state.current.step
    if (stored.data)
      Object.assign(state.current, { saved: stored.data.answers, version: stored.data.version })
  }, [draftId, step, stored.data])

  const save = useCallback(() => {
    clearTimeout(timer.current)
    const next = chain.current.then(async () => {
      const now = state.current
      const answers = { ...now.saved, ...now.pending }
      const sent = now.pending
      const draft =
        now.id === null
          ? await apiClient.post<Draft>('/drafts', { kind, step: now.step, answers })
          : await apiClient.put<Draft>(`/drafts/${encodeURIComponent(now.id)}`, {
              step: now.step,
              answers,
              version: now.version,
            })
      const isNew = now.id === null
      now.id = draft.id
      now.saved = draft.answers
      now.version = draft.version
      client.setQueryData(queries.draft(draft.id).queryKey, draft)
      if (now.pending === sent) {
        now.pending = {}
        setPending({})
      }
      setSaveError(null)
      if (isNew) await setDraftId(draft.id, { history: 'replace' })
    })
    chain.current = next.catch(() => undefined)
    return next
  }, [client, kind, setDraftId])

  const change = useCallback(
    (patch: Answers) => {
      state.current.pending = { ...state.current.pending, ...patch }
      setPending(state.current.pending)
      clearTimeout(timer.current)
      timer.current = setTimeout(() => void save().catch(setSaveError), quietMs)
    },
    [save],
  )

  const keep = useCallback(async () => {
    await (Object.keys(state.current.pending).length > 0 ? save() : chain.current)
  }, [save])

  const go = useCallback(
    async (next: string, patch: Answers = {}) => {
      state.current.pending = { ...state.current.pending, ...patch }
      state.current.step = next
      setPending(state.current.pending)
      try {
        await save()
        await setStep(next)
        window.scrollTo({ top: 0 })
      } catch (error) {
        setSaveError(error)
      }
    },
    [save, setStep],
  )

  const reload = useCallback(async () => {
    clearTimeout(timer.current)
    state.current.pending = {}
    setPending({})
    await client.invalidateQueries({ queryKey: queries.draft(state.current.id ?? '').queryKey })
    setSaveError(null)
  }, [client])

  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    answers: { ...stored.data?.answers, ...pending },
    draft: stored.data ?? null,
    step,
    isLoading: draftId !== null && stored.isPending,
    loadError: stored.error,
    saveError,
    reload,
    change,
    keep,
    go,
  }
}
