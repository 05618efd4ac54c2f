import type { Draft, DraftKind } from '@/lib/domain/views'

export type Answers = Draft['answers']

/** The way to the store. What is under way goes on when the page is left; each throws ApiProblem. */
export type DraftDoor = {
  create(draft: Pick<Draft, 'kind' | 'step' | 'answers'>): Promise<Draft>
  update(id: string, change: Pick<Draft, 'step' | 'answers' | 'version'>): Promise<Draft>
}

/** What the store does not hold yet, and why the last attempt failed; null when it did not. */
export type Unkept = { readonly pending: Answers; readonly error: unknown }

export const nothingUnkept: Unkept = { pending: {}, error: null }

type Listeners = {
  readonly changed: (unkept: Unkept) => void
  /** Awaited before what was sent counts as kept. `isNew`: its id is to stand in the address. */
  readonly kept: (draft: Draft, isNew: boolean) => Promise<void>
}

const quietMs = 500

/**
 * Brings a wizard's answers into the store: one request after another, each made of the version that the one before it left.
 * The first answer makes the draft at once, later ones are sent when typing pauses, and all when the page is left.
 */
export class DraftKeeper {
  readonly #kind: DraftKind
  readonly #door: DraftDoor
  readonly #listeners: Listeners
  #id: string | null = null
  #step = 'first'
  #saved: Answers = {}
  #version = 0
  #unkept = nothingUnkept
  #chain: Promise<void> = Promise.resolve()
  #underWay = 0
  #isShown = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(kind: DraftKind, door: DraftDoor, listeners: Listeners) {
    this.#kind = kind
    this.#door = door
    this.#listeners = listeners
  }

  /** What the address and the store say by now; what is null, or older than what is known, changes nothing. */
  found(now: { id: string | null; step: string | null; draft: Draft | null }): void {
    this.#step = now.step ?? this.#step
    if (now.id !== null && now.id !== this.#id) {
      this.#id = now.id
      this.#version = 0
    }
    if (now.draft === null || now.draft.version < this.#version) return
    this.#saved = now.draft.answers
    this.#version = now.draft.version
  }

  /** Keeps what is pending when the page goes away; the answer ends that, as when another page is shown. */
  watch(page: Pick<Window, 'addEventListener' | 'removeEventListener'>): () => void {
    const leave = () => this.#leave()
    this.#isShown = true
    page.addEventListener('pagehide', leave)
    return () => {
      page.removeEventListener('pagehide', leave)
      this.#isShown = false
      if (this.#hasPending()) this.#saveSoon(0)
    }
  }

  /** Takes the change at once. */
  change(patch: Answers): void {
    this.#add(patch)
    // Until the draft has an id in the address, a reload would find nothing.
    this.#saveSoon(this.#id === null && this.#underWay === 0 ? 0 : quietMs)
  }

  /** Resolves once the store holds every change; rejects where it refuses one. */
  async keep(): Promise<void> {
    await (this.#hasPending() ? this.#save() : this.#chain)
  }

  /** Keeps the change and that the wizard stands at this step; false where that failed. */
  async turnTo(step: string, patch: Answers): Promise<boolean> {
    this.#step = step
    this.#add(patch)
    return this.#tried(this.#save())
  }

  /** Lets go of what is not kept. */
  forget(): void {
    clearTimeout(this.#timer)
    this.#tell(nothingUnkept)
  }

  /** Nothing waits any more: what is under way is not awaited, so the version that it will leave is assumed. */
  #leave(): void {
    if (!this.#hasPending()) return
    clearTimeout(this.#timer)
    const isBehind = this.#underWay > 0 && this.#id !== null
    void this.#tried(isBehind ? this.#send(this.#version + 1) : this.#save())
  }

  #hasPending = (): boolean => Object.keys(this.#unkept.pending).length > 0

  #add(patch: Answers): void {
    this.#tell({ ...this.#unkept, pending: { ...this.#unkept.pending, ...patch } })
  }

  #tell(unkept: Unkept): void {
    this.#unkept = unkept
    this.#listeners.changed(unkept)
  }

  #saveSoon(afterMs: number): void {
    clearTimeout(this.#timer)
    if (afterMs === 0) void this.#tried(this.#save())
    else this.#timer = setTimeout(() => void this.#tried(this.#save()), afterMs)
  }

  async #tried(saving: Promise<void>): Promise<boolean> {
    try {
      await saving
      return true
    } catch (error) {
      this.#tell({ ...this.#unkept, error })
      return false
    }
  }

  #save(): Promise<void> {
    clearTimeout(this.#timer)
    const next = this.#chain.then(() => this.#send())
    // Whoever asked for it is told; the next one is tried all the same.
    this.#chain = next.catch(() => undefined)
    return next
  }

  async #send(version = this.#version): Promise<void> {
    const { pending: sent } = this.#unkept
    const isNew = this.#id === null
    const content = { step: this.#step, answers: { ...this.#saved, ...sent } }
    this.#underWay += 1
    try {
      const draft =
        this.#id === null
          ? await this.#door.create({ kind: this.#kind, ...content })
          : await this.#door.update(this.#id, { ...content, version })
      this.found({ id: draft.id, step: null, draft })
      await this.#listeners.kept(draft, isNew && this.#isShown)
    } finally {
      this.#underWay -= 1
    }
    this.#tell({ pending: this.#unkept.pending === sent ? {} : this.#unkept.pending, error: null })
  }
}
