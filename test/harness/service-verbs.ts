import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ServiceContext } from '@/lib/services/context'
import { root } from '@/test/repository/source-files'

const folder = join(root, 'lib/services')
/** Not a verb that is called once: it opens a stream, and is proved with the streams. */
const streams = ['live/live-views']

/** Every verb, as its file below `lib/services` is called: the files that ask for a role before they do anything. */
export const verbNames: readonly string[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'require-role.ts')
  .filter((file) => readFileSync(join(folder, file), 'utf8').includes('await requireRole(context'))
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !streams.includes(name))

export type Verb = (context: ServiceContext, input?: unknown) => Promise<unknown>

/** The verb of that file; by convention it is called as the file is. */
export async function verbOf(name: string): Promise<Verb> {
  const module: Record<string, unknown> = await import(pathToFileURL(join(folder, `${name}.ts`)).href)
  const exported = basename(name).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const verb = module[exported]
  if (typeof verb !== 'function') throw new Error(`${name} exports no ${exported}`)
  return (context, input) => verb(context, input)
}
