import { expect, test } from 'vitest'
import { AppError, hasCode } from '@/lib/errors'
import { awaitAnswer } from '@/lib/operations/await-answer'
import { awaitFact } from '@/lib/operations/await-fact'
import type { OwnerDatabase } from '@/lib/operations/context'
import { ownerDatabase } from '@/lib/operations/owner-database'
import type { DatabaseSession } from '@/lib/ports/host-door'

const never = new AbortController().signal
const down = () => new AppError('POSTGRES_DOWN', 'It is down.')

/** A database that answers with these in turn, the last one again and again. */
function database(...answers: readonly (Error | 'ok')[]): OwnerDatabase & { asked: number } {
  const given = {
    asked: 0,
    async query() {
      const answer = answers[Math.min(given.asked, answers.length - 1)]
      given.asked += 1
      if (answer instanceof Error) throw answer
      return []
    },
    close: async () => undefined,
  }
  return given
}

test('a fact is asked for until it is there', async () => {
  let asked = 0
  const fact = await awaitFact({ signal: never, everyMs: 1 }, async () => {
    asked += 1
    return asked < 4 ? null : asked
  })
  expect(fact).toBe(4)
})

test('waiting ends with the signal’s own reason, during the pause too', async () => {
  const controller = new AbortController()
  const reason = new AppError('CANCELLED', 'It was cancelled.')
  const waiting = awaitFact({ signal: controller.signal, everyMs: 60_000 }, async () => {
    queueMicrotask(() => controller.abort(reason))
    return null
  })
  await expect(waiting).rejects.toBe(reason)
})

test('a server that starts is waited for; one that is gone is not', async () => {
  const starting = database(new AppError('POSTGRES_STARTING', 'It starts.'), down(), 'ok')
  await awaitAnswer(starting, never, async () => true)
  expect(starting.asked).toBe(3)
  const error = await awaitAnswer(database(down()), never, async () => false).catch(
    (thrown: unknown) => thrown,
  )
  expect(hasCode(error, 'POSTGRES_DOWN')).toBe(true)
})

test('another failure than being down is told at once', async () => {
  const refused = database(new AppError('POSTGRES_AUTH_FAILED', 'It refused.'), 'ok')
  await expect(awaitAnswer(refused, never, async () => true)).rejects.toMatchObject({
    code: 'POSTGRES_AUTH_FAILED',
  })
  expect(refused.asked).toBe(1)
})

test('a session is opened when it is first asked for, kept, and opened anew after it was lost or closed', async () => {
  let opened = 0
  let isOpen = true
  const open = async (): Promise<DatabaseSession> => {
    opened += 1
    isOpen = true
    return {
      query: async () => [{ opened }],
      isOpen: () => isOpen,
      close: async () => {
        isOpen = false
      },
    }
  }
  const owner = ownerDatabase(open)
  await owner.close()
  expect(opened).toBe(0)
  await Promise.all([owner.query('select 1'), owner.query('select 1')])
  expect(await owner.query('select 1')).toEqual([{ opened: 1 }])
  isOpen = false
  expect(await owner.query('select 1')).toEqual([{ opened: 2 }])
  await owner.close()
  expect(await owner.query('select 1')).toEqual([{ opened: 3 }])
})

test('a session that could not be opened is opened anew for the next who asks, and closing it throws nothing', async () => {
  let tries = 0
  const owner = ownerDatabase(async () => {
    tries += 1
    throw new Error(`refused ${tries}`)
  })
  await expect(owner.query('select 1')).rejects.toThrow('refused 1')
  await expect(owner.query('select 1')).rejects.toThrow('refused 2')
  await owner.close()
})
