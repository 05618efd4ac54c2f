import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LayoutName, Suite } from '@/lab/layouts'
import { ensureTools, verifyFreeSpace } from '@/lab/requirements'
import { LabError, run, runUntilStopped } from '@/lab/run-command'

const recipes = join(dirname(fileURLToPath(import.meta.url)), 'base')
const cache = () => process.env.UNDERSTUDY_LAB_CACHE ?? '/var/cache/understudy-lab'

/** Hosts of one lab: each needs a variant of its own in the base. */
export const hostsMax = 4

/** Where the base's parts lie: `root` below, the variant of host `index` (1…) above it. */
export type Base = { readonly root: string; variant(index: number): string }

/**
 * The cached base of this checkout's recipe; built when there is none (about 90 s, 1.6 GB). Parallel calls, of other
 * processes too, wait for one build; several releases are built at once. Throws LabError with one line where it can't be built, and
 * LabStopped when `signal` is aborted, after what was begun is cleared away.
 */
export async function ensureBase(
  suite: Suite,
  layout: LayoutName,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<Base> {
  ensureTools(say)
  const target = join(cache(), `${layout}-${suite}-${hashRecipe(layout)}`)
  if (!existsSync(target)) {
    mkdirSync(cache(), { recursive: true })
    verifyFreeSpace(cache(), 3e9)
    say(`building the base of ${suite} hosts in ${cache()}: this takes a minute or two, once`)
    const mirror = findMirror()
    const recipe = [join(recipes, 'build.sh'), target, suite, layout, ...(mirror ? [mirror] : [])]
    const build = [join(cache(), `.lock-${suite}`), ...recipe]
    // Without a signal it stays in the terminal's group, which Ctrl-C reaches.
    const tookMs = await measure(() =>
      signal ? runUntilStopped('flock', build, signal) : run('flock', build),
    )
    if (!existsSync(target)) throw new LabError(`the base was not built in ${target}`)
    say(`base ready after ${Math.round(tookMs / 1000)} s`)
  }
  utimesSync(target, new Date(), new Date()) // what nobody uses is removed at a later build
  return { root: join(target, 'root'), variant: (index) => join(target, 'variants', String(index)) }
}

async function measure(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** SHA-256 over path, mode and content of every file that the layout's base is made of, shortened. */
function hashRecipe(layout: LayoutName): string {
  const hash = createHash('sha256')
  const names = readdirSync(recipes, { recursive: true, encoding: 'utf8' }).sort()
  for (const name of names.filter((name) =>
    ['build.sh', 'common', layout].includes(name.split('/')[0] ?? ''),
  )) {
    const path = join(recipes, name)
    const stat = statSync(path)
    if (stat.isFile()) hash.update(`${name}\0${stat.mode & 0o111}\0`).update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 12)
}

/** The Debian mirror that this machine's apt uses, if it is a Debian: a mirror has all releases. Else debootstrap's own default. */
function findMirror(): string | null {
  const files = ['/etc/apt/sources.list', ...listFiles('/etc/apt/sources.list.d')]
  for (const file of files) {
    if (!existsSync(file)) continue
    for (const stanza of readFileSync(file, 'utf8').split(/\n\s*\n/)) {
      const uri =
        /^Suites:.*\b(?:bullseye|bookworm|trixie)\b/m.test(stanza) && /^Components:.*\bmain\b/m.test(stanza)
          ? /^URIs:\s*(\S+)/m.exec(stanza)
          : /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(?:bullseye|bookworm|trixie)\s+.*\bmain\b/m.exec(stanza)
      if (uri?.[1]) return uri[1]
    }
  }
  return null
}

const listFiles = (directory: string) =>
  existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : []
