import { logChunk } from '@/lib/commands/log-chunk'
import { anyValue, type RootForm, rootForm } from '@/lib/commands/root-rights'
import { searchLog } from '@/lib/commands/search-log'

const { number, offset } = anyValue

/** All that is done with a log as root: a piece of it is read, and it is searched. */
export const logForms = (path: string): readonly RootForm[] => {
  const search = searchLog(path, { text: '', loudness: 'all' })
  return [
    rootForm('Reads a log', logChunk({ path, offset, limit: number, file: `${number}:${number}` })),
    rootForm('Searches a log', search, { bytes: Buffer.byteLength(search.stdin ?? '') }),
  ]
}
