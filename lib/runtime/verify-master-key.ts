import { AppError, hasCode } from '@/lib/errors'
import type { Wiring } from '@/lib/runtime/wiring'

/**
 * Refuses a store that was made with another master key than this process's: SECRET_UNREADABLE. Ask it before anything is
 * written; on a new store it makes this master key the store's.
 */
export async function verifyMasterKey({
  store,
  environment,
}: Pick<Wiring, 'store' | 'environment'>): Promise<void> {
  await store.ensureKeyCheck().catch((error: unknown) => {
    if (!hasCode(error, 'SECRET_UNREADABLE')) throw error
    const { masterKeyFile } = environment
    throw new AppError(
      'SECRET_UNREADABLE',
      `This store belongs to a dashboard with another master key than ${masterKeyFile}.`,
      {
        fix: 'Copy that dashboard’s master key file here (UNDERSTUDY_MASTER_KEY_FILE names another place), or use another database.',
        cause: error,
      },
    )
  })
}
