/** Next calls this once before the web process serves anything. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { prepareWebProcess } = await import('@/lib/runtime/prepare-web-process')
  prepareWebProcess()
}
