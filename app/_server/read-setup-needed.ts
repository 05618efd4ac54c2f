import { getWebWiring } from '@/lib/runtime/web-wiring'

/** Whether there is no user yet, so that the first administrator can be made. */
export async function readSetupNeeded(): Promise<boolean> {
  const { ground } = await getWebWiring()
  return (await ground.store.users.count()) === 0
}
