import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Store } from '@/lib/ports/store'

/** Without I, L, O and U: nothing that can be misread (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 20

/** A new code of 100 random bits, e.g. `7G3KD-0PX4M-…`: four groups of five. */
function makeSetupCode(): string {
  const letters = [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('')
  return letters.match(/.{5}/g)?.join('-') ?? letters
}

/** SHA-256 is enough for a random code: there is nothing to guess. Case, spaces and dashes don't count. */
function hashSetupCode(code: string): string {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  return createHash('sha256').update(plain).digest('hex')
}

/** In constant time, so that the answer's delay says nothing about the kept hash. */
export function isSetupCode(code: string, hash: string): boolean {
  const given = Buffer.from(hashSetupCode(code), 'hex')
  const kept = Buffer.from(hash, 'hex')
  return given.length === kept.length && timingSafeEqual(given, kept)
}

/**
 * Makes a new one-time code when there is no user yet, and keeps its hash. Returns the code to print, or null when the
 * dashboard is set up. An earlier code stops working: the one that was printed last is the right one.
 */
export async function ensureSetupCode(store: Store): Promise<string | null> {
  return store.transaction(async (repositories) => {
    if ((await repositories.users.count()) > 0) {
      await repositories.setupCode.setHash(null)
      return null
    }
    const code = makeSetupCode()
    await repositories.setupCode.setHash(hashSetupCode(code))
    return code
  })
}
