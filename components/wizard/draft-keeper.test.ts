import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DraftKeeper, nothingUnkept, type Unkept } from '@/components/wizard/draft-keeper'
import type { Draft } from '@/lib/domain/views'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const refused = new Error('Meanwhile Bo has changed these answers.')

/** One wizard's page over a store that refuses another version than its own, as the real one does. */
function openPage(known: Partial<Draft> | null = {}) {
  const listeners = new Map<string, () => void>()
  const page = {
    addEventListener: (name: string, listener: () => void) => listeners.set(name, listener),
    removeEventListener: (name: string) => listeners.delete(name),
  }
  const draft: Draft = {
    id: 'd',
    kind: 'create',
    step: 'hosts',
    answers: {},
    updatedBy: 'Ann',
    updatedAt: '2026-01-01T00:00:00.000Z',
    version: 4,
    operationId: null,
    ...known,
  }
  const at = {
    stored: known === null ? null : draft,
    unkept: nothingUnkept as Unkept,
    requests: [] as string[],
    addresses: [] as string[],
    hold: Promise.resolve(),
  }
  const write = async (what: string, change: Partial<Draft>) => {
    at.requests.push(what)
    await at.hold
    if (at.stored && change.version !== at.stored.version) throw refused
    at.stored = { ...(at.stored ?? draft), ...change, version: (at.stored?.version ?? 0) + 1 }
    return at.stored
  }
  const keeper = new DraftKeeper(
    'create',
    {
      create: (made) => write('create', made),
      update: (id, change) => write(`update ${id} of ${change.version}`, change),
    },
    {
      changed: (unkept) => {
        at.unkept = unkept
      },
      kept: async ({ id }, isNew) => {
        if (isNew) at.addresses.push(id)
      },
    },
  )
  keeper.found({ id: at.stored?.id ?? null, step: at.stored?.step ?? null, draft: at.stored })
  const end = keeper.watch(page as unknown as Window)
  return { at, keeper, end, hide: () => listeners.get('pagehide')?.() }
}

/** The store answers once what is returned is called. */
function holdAnswers(at: { hold: Promise<void> }): () => void {
  let answer = () => {}
  at.hold = new Promise((resolve) => {
    answer = resolve
  })
  return () => answer()
}

const settled = () => vi.advanceTimersByTimeAsync(0)

describe('typing', () => {
  test('is kept when it pauses, in one request', async () => {
    const { at, keeper } = openPage({ answers: { slug: 'a', reason: 'because' } })
    for (const slug of ['l', 'le', 'led']) keeper.change({ slug })
    expect(at.unkept.pending).toEqual({ slug: 'led' })
    await vi.advanceTimersByTimeAsync(499)
    expect(at.requests).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(at.requests).toEqual(['update d of 4'])
    expect(at.stored).toMatchObject({ answers: { slug: 'led', reason: 'because' }, step: 'hosts' })
    expect(at.unkept).toEqual(nothingUnkept)
  })

  test('makes the draft with its first letter, so that the address finds it from then on', async () => {
    const { at, keeper } = openPage(null)
    keeper.change({ slug: 'l' })
    keeper.change({ slug: 'le' })
    await settled()
    expect(at.requests[0]).toBe('create')
    expect(at.addresses).toEqual(['d'])
    await vi.advanceTimersByTimeAsync(500)
    expect(at.stored?.answers).toEqual({ slug: 'le' })
    expect(at.unkept).toEqual(nothingUnkept)
  })

  test('goes on while the store answers, and each request is made of the version that the one before it left', async () => {
    const { at, keeper } = openPage()
    const answer = holdAnswers(at)
    keeper.change({ slug: 'a' })
    const first = keeper.keep()
    await settled()
    keeper.change({ slug: 'ab' })
    const second = keeper.keep()
    answer()
    await Promise.all([first, second])
    expect(at.requests).toEqual(['update d of 4', 'update d of 5'])
    expect(at.stored?.answers).toEqual({ slug: 'ab' })
  })
})

describe('what was typed just before', () => {
  test('a reload is sent with it, and not a second time', async () => {
    const { at, keeper, hide } = openPage()
    keeper.change({ slug: 'ledger' })
    hide()
    await settled()
    expect(at.stored?.answers).toEqual({ slug: 'ledger' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(at.requests).toEqual(['update d of 4'])
  })

  test('a reload while the store answers does not wait for that: nobody would be there any more', async () => {
    const { at, keeper, hide } = openPage()
    const answer = holdAnswers(at)
    keeper.change({ slug: 'led' })
    await vi.advanceTimersByTimeAsync(500)
    keeper.change({ slug: 'ledger' })
    hide()
    expect(at.requests).toEqual(['update d of 4', 'update d of 5'])
    answer()
    await settled()
    expect(at.stored?.answers).toEqual({ slug: 'ledger' })
  })

  test('another page is shown is kept, and that page keeps its own address', async () => {
    const { at, keeper, end } = openPage()
    keeper.change({ slug: 'ledger' })
    end()
    await settled()
    expect(at.stored?.answers).toEqual({ slug: 'ledger' })

    const left = openPage(null)
    left.keeper.change({ slug: 'l' })
    left.end()
    await settled()
    expect(left.at.stored?.answers).toEqual({ slug: 'l' })
    expect(left.at.addresses).toEqual([])
  })

  test('a page that is left with everything kept sends nothing', async () => {
    const { at, hide, end } = openPage()
    hide()
    end()
    hide()
    await settled()
    expect(at.requests).toEqual([])
  })
})

describe('a step is turned to', () => {
  test('once the store holds it, with what was answered there', async () => {
    const { at, keeper } = openPage()
    keeper.change({ slug: 'ledger' })
    expect(await keeper.turnTo('profile', { profileId: 'p' })).toBe(true)
    expect(at.stored).toMatchObject({ step: 'profile', answers: { slug: 'ledger', profileId: 'p' } })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(at.requests).toHaveLength(1)
  })

  test('not where the store refuses: that is told, nothing typed is lost, and the next attempt is made', async () => {
    const { at, keeper } = openPage()
    const theirs = { ...at.stored, answers: { slug: 'theirs' }, version: 5 } as Draft
    at.stored = theirs
    expect(await keeper.turnTo('profile', { slug: 'ours' })).toBe(false)
    expect(at.unkept).toEqual({ pending: { slug: 'ours' }, error: refused })
    await expect(keeper.keep()).rejects.toBe(refused)
    keeper.found({ id: 'd', step: null, draft: theirs })
    await keeper.keep()
    expect(at.stored.answers).toEqual({ slug: 'ours' })
    expect(at.unkept).toEqual(nothingUnkept)
  })
})

test('what is let go of is neither shown nor sent', async () => {
  const { at, keeper, hide } = openPage()
  keeper.change({ slug: 'ours' })
  keeper.forget()
  expect(at.unkept).toEqual(nothingUnkept)
  hide()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(at.requests).toEqual([])
})

test('an answer that comes late from the store does not take the newer one’s place', async () => {
  const { at, keeper } = openPage()
  const before = at.stored
  keeper.change({ slug: 'ledger' })
  await keeper.keep()
  keeper.found({ id: 'd', step: null, draft: before })
  keeper.change({ reason: 'because' })
  await keeper.keep()
  expect(at.requests).toEqual(['update d of 4', 'update d of 5'])
  expect(at.stored?.answers).toEqual({ slug: 'ledger', reason: 'because' })
})
