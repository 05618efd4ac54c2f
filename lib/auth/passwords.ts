import { hash, verify } from '@node-rs/argon2'
import type { Passwords } from '@/lib/ports/passwords'

/**
 * Argon2id with 19 MiB, two passes and one lane (OWASP Password Storage Cheat Sheet, first choice), about 20 ms.
 * `Algorithm.Argon2id` is the library's default; its enum is a const one, which isolated modules can't read.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const passwords: Passwords & { verify(hashed: string, password: string): Promise<boolean> } = {
  hash: (password) => hash(password, cost),
  /** False for a wrong password; throws where `hashed` is not a PHC string. */
  verify: (hashed, password) => verify(hashed, password),
}
