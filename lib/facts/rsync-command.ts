import { z } from 'zod'
import { shellCommands } from '@/lib/facts/shell-words'

const end = z.object({
  /** Host name or address; null on the machine itself. */
  host: z.string().nullable(),
  user: z.string().nullable(),
  path: z.string(),
  /** A module of an rsync daemon: its path is not one of the file system. */
  isModule: z.boolean(),
})

/** One directory that a command line of rsync copies into another. */
export const rsyncCopy = z.object({
  /** The directory whose content is copied. */
  from: end,
  /** The directory that it is copied into. */
  to: end,
  deletes: z.boolean(),
  /** Options by which some of it is left out, or by which more than itself decides what is copied. */
  filters: z.array(z.string()),
})
export type RsyncCopy = z.infer<typeof rsyncCopy>
type End = RsyncCopy['from']

/** Long options whose value is the next word where no `=` follows (rsync(1), OPTIONS); `-e` and the like among the short ones. */
const withValue = new Set(
  `--address --backup-dir --block-size --bwlimit --checksum-choice --checksum-seed --chmod --chown --compare-dest --compress-choice
--compress-level --contimeout --copy-as --copy-dest --debug --dparam --early-input --exclude --exclude-from --files-from --filter --groupmap
--iconv --include --include-from --info --link-dest --log-file --log-file-format --max-alloc --max-delete --max-size --min-size
--modify-window --only-write-batch --out-format --outbuf --partial-dir --password-file --port --protocol --read-batch
--remote-option --rsh --rsync-path --skip-compress --sockopts --stderr --stop-after --stop-at --suffix --temp-dir --timeout
--usermap --write-batch`.split(/\s+/),
)
const shortWithValue = 'efTBM@'
const filterOptions =
  /^(?:--(?:exclude|exclude-from|files-from|filter|include|include-from|max-size|min-size)|-f)(?:=|$)/
const deleting = /^--del(?:ete(?:-before|-during|-delay|-after|-excluded)?)?$/

type Words = {
  readonly places: readonly string[]
  readonly deletes: boolean
  readonly isRelative: boolean
  readonly filters: readonly string[]
}

function sortWords(words: readonly string[]): Words {
  const places: string[] = []
  const filters: string[] = []
  let [deletes, isRelative] = [false, false]
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word === '--') return { places: [...places, ...words.slice(index + 1)], deletes, isRelative, filters }
    if (!word.startsWith('-') || word === '-') {
      places.push(word)
      continue
    }
    const letters = word.startsWith('--') ? '' : word.slice(1)
    const takesNext =
      withValue.has(word) || (letters !== '' && shortWithValue.includes(letters.at(-1) ?? ' '))
    if (deleting.test(word)) deletes = true
    if (word === '--relative' || (letters.includes('R') && !/[efTBM@]/.test(letters.slice(0, -1))))
      isRelative = true
    if (filterOptions.test(word)) filters.push(takesNext ? `${word} ${words[index + 1] ?? ''}` : word)
    if (takesNext) index += 1
  }
  return { places, deletes, isRelative, filters }
}

/** `[USER@]HOST:PATH`, `[USER@]HOST::MODULE`, `rsync://…` or a path (rsync(1), GENERAL). */
function toEnd(text: string): End {
  const url = /^rsync:\/\/(?:([^@/]*)@)?(\[[^\]]*\]|[^:/]*)(?::\d+)?\/(.*)$/.exec(text)
  if (url) return endOf(url[2], url[1], url[3], true)
  const daemon = /^(?:([^@/:]*)@)?(\[[^\]]*\]|[^:/[]+)::(.*)$/.exec(text)
  if (daemon) return endOf(daemon[2], daemon[1], daemon[3], true)
  const remote = /^(?:([^@/:]*)@)?(\[[^\]]*\]|[^:/[]+):(.*)$/.exec(text)
  if (remote) return endOf(remote[2], remote[1], remote[3], false)
  return { host: null, user: null, path: text, isModule: false }
}

const endOf = (
  host: string | undefined,
  user: string | undefined,
  path: string | undefined,
  isModule: boolean,
): End => ({ host: (host ?? '').replace(/^\[|\]$/g, ''), user: user ?? null, path: path ?? '', isModule })

const withoutSlash = (path: string) => path.replace(/(?<=.)\/(?:\.\/?)?$/, '').replace(/(?<=.)\/$/, '')

/** Without a slash at its end a directory is copied by its name into the destination; with one, its content is (rsync(1), USAGE). */
function toCopy(source: string, destination: string, { deletes, isRelative, filters }: Words): RsyncCopy {
  const [from, to] = [toEnd(source), toEnd(destination)]
  const isContent = /\/\.?$/.test(from.path)
  const place = withoutSlash(from.path)
  const name = isRelative ? place.replace(/^.*\/\.\//, '').replace(/^\//, '') : place.replace(/^.*\//, '')
  const into = withoutSlash(to.path)
  return {
    from: { ...from, path: place },
    to: { ...to, path: isContent && !isRelative ? into : `${into === '/' ? '' : into}/${name}` },
    deletes,
    filters: [...filters],
  }
}

const isRsync = (word: string) => word === 'rsync' || word.endsWith('/rsync')

/** Words before a command that only say how it runs. */
function rsyncWords(words: readonly string[]): readonly string[] | null {
  const at = words.findIndex(isRsync)
  return at < 0 ? null : words.slice(at + 1)
}

/**
 * What the rsync commands in a text of shell copy, one for each source; nothing for one that is not understood, such as a list of files.
 * `variables`: values of names that the text uses.
 */
export function parseRsyncCommands(
  text: string,
  variables: ReadonlyMap<string, string> = new Map(),
): readonly RsyncCopy[] {
  return shellCommands(text, variables).flatMap((command) => {
    const words = rsyncWords(command)
    if (words === null || words.includes('--server') || words.includes('--daemon')) return []
    const sorted = sortWords(words)
    const destination = sorted.places.at(-1)
    if (destination === undefined || sorted.places.length < 2) return []
    return sorted.places.slice(0, -1).map((source) => toCopy(source, destination, sorted))
  })
}
