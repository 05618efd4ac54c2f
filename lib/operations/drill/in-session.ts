import type { StepIo } from '@/lib/operations/engine/step'
import type { DatabaseSession } from '@/lib/ports/host-door'

/** Closes the session as soon as the signal is aborted, so that whatever it is asked ends. */
export async function inSession<T>(
  opening: Promise<DatabaseSession>,
  { signal }: Pick<StepIo, 'signal'>,
  act: (session: DatabaseSession) => Promise<T>,
): Promise<T> {
  const session = await opening
  const close = () => void session.close()
  signal.addEventListener('abort', close)
  try {
    signal.throwIfAborted()
    return await act(session)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', close)
    await session.close()
  }
}
