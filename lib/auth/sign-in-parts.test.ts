import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forgetAttempts, takeAttempt } from '@/lib/auth/attempt-limits'
import { passwords } from '@/lib/auth/passwords'
import { ensureSetupCode, isSetupCode } from '@/lib/auth/setup-code'
import type { AttemptRepository, Repositories, Store } from '@/lib/ports/store'

describe('a password', () => {
  test('is kept as argon2id with the cost that OWASP names, and with a salt of its own', async () => {
    const [one, other] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one).not.toBe(other)
    expect(one).not.toContain('correct')
  })

  test('is known again, and nothing else is taken for it', async () => {
    const hash = await passwords.hash('correct horse')
    expect(await passwords.verify(hash, 'correct horse')).toBe(true)
    for (const wrong of ['correct hors', 'correct horse ', 'Correct horse', ''])
      expect(await passwords.verify(hash, wrong)).toBe(false)
  })

  test('may have any characters of the world', async () => {
    const password = 'žluťoučký kůň 😀 \u202e'
    expect(await passwords.verify(await passwords.hash(password), password)).toBe(true)
  })

  test('is never compared with what is no hash', async () => {
    await expect(passwords.verify('correct horse', 'correct horse')).rejects.toThrow()
  })
})

/** A store with as many users as given, which keeps the code’s hash. */
function storeWith(users: number): { store: Store; kept: () => string | null } {
  let hash: string | null = 'the hash of an earlier code'
  const repositories = {
    users: { count: async () => users },
    setupCode: {
      hash: async () => hash,
      setHash: async (next: string | null) => {
        hash = next
      },
    },
  }
  const store = { transaction: (body: (given: unknown) => Promise<unknown>) => body(repositories) }
  return { store: store as unknown as Store & Repositories, kept: () => hash }
}

describe('the code of the first administrator', () => {
  test('is random, in four groups that nobody misreads, and kept only as a hash', async () => {
    const codes = new Set<string>()
    for (let round = 0; round < 50; round += 1) {
      const { store, kept } = storeWith(0)
      const code = (await ensureSetupCode(store)) ?? ''
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/)
      expect(kept()).toMatch(/^[0-9a-f]{64}$/)
      codes.add(code)
    }
    expect(codes.size).toBe(50)
  })

  test('is the one that was printed last: an earlier one stops working', async () => {
    const { store, kept } = storeWith(0)
    const first = (await ensureSetupCode(store)) ?? ''
    const second = (await ensureSetupCode(store)) ?? ''
    expect(isSetupCode(second, kept() ?? '')).toBe(true)
    expect(isSetupCode(first, kept() ?? '')).toBe(false)
  })

  test('is gone once somebody can sign in', async () => {
    const { store, kept } = storeWith(1)
    expect(await ensureSetupCode(store)).toBeNull()
    expect(kept()).toBeNull()
  })

  test('may be typed in small letters, with or without dashes and spaces, and with the letters that look alike', async () => {
    const { store, kept } = storeWith(0)
    const code = (await ensureSetupCode(store)) ?? ''
    const alike = code.replaceAll('0', 'o').replaceAll('1', 'l')
    for (const typed of [
      code.toLowerCase(),
      code.replaceAll('-', ''),
      ` ${code.replaceAll('-', ' ')} `,
      alike,
    ])
      expect(isSetupCode(typed, kept() ?? '')).toBe(true)
  })

  test('is no other text, nor is any text the code where the hash is spoiled', async () => {
    const { store, kept } = storeWith(0)
    await ensureSetupCode(store)
    fc.assert(fc.property(fc.string(), (text) => !isSetupCode(text, kept() ?? '')))
    for (const spoiled of ['', 'zz', 'ab', 'f'.repeat(63)]) expect(isSetupCode('x', spoiled)).toBe(false)
  })
})

/** Counts as the store does, by hand. */
function attemptsWith(allowed: boolean, retryAfterMs = 0) {
  const taken: unknown[] = []
  const cleared: string[] = []
  const attempts: AttemptRepository = {
    take: async (key, limit) => {
      taken.push([key, limit])
      return { allowed, retryAfterMs }
    },
    clear: async (key) => {
      cleared.push(key)
    },
  }
  return { attempts, taken, cleared }
}

describe('guesses', () => {
  test('are limited for each user apart and for all together, in a window of a minute', async () => {
    const { attempts, taken } = attemptsWith(true)
    await takeAttempt(attempts, 'sign-in')
    await takeAttempt(attempts, 'sign-in-user', 'ann@example.org')
    await takeAttempt(attempts, 'setup')
    expect(taken).toEqual([
      ['sign-in', { max: 120, windowMs: 60_000 }],
      ['sign-in-user:ann@example.org', { max: 10, windowMs: 60_000 }],
      ['setup', { max: 20, windowMs: 60_000 }],
    ])
  })

  test.each([
    [59_001, 60],
    [1_000, 1],
    [1, 1],
    [0, 1],
  ])('beyond the limit are refused with the time to wait: %i ms left is %i s', async (left, seconds) => {
    await expect(takeAttempt(attemptsWith(false, left).attempts, 'setup')).rejects.toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
      fix: `Wait ${seconds} s, then try again.`,
    })
  })

  test('are forgotten for the one user who got in', async () => {
    const { attempts, cleared } = attemptsWith(true)
    await forgetAttempts(attempts, 'sign-in-user', 'ann@example.org')
    expect(cleared).toEqual(['sign-in-user:ann@example.org'])
  })
})
