// The command line as JavaScript that Node loads at once: made by esbuild from the sources and made again when one of them
// has changed. Loading the sources themselves through a TypeScript loader costs two seconds of CPU for each command.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const place = join(root, '.bundle')
const current = join(place, 'current.json')
/** Other processes may still load from what was current a moment ago. */
const keptMs = 3_600_000

/** The address of the bundled `cli/main.ts`, to be imported. Throws what `explainFailure` puts into words. */
export async function ensureBundle() {
  const known = readCurrent()
  if (known && known.root === root && known.files.every(isUnchanged)) return addressOf(known.directory)
  const directory = `${Date.now()}-${process.pid}`
  const next = `${current}.${process.pid}`
  try {
    const files = await build(join(place, directory), 'cli/main.ts')
    writeFileSync(next, JSON.stringify({ root, directory, files }))
    renameSync(next, current)
  } catch (error) {
    // On a full disk half a bundle would only take more of it, at each call.
    for (const left of [join(place, directory), next]) rmSync(left, { recursive: true, force: true })
    throw error
  }
  sweep(directory)
  return addressOf(directory)
}

/** Why the command line can't be built or loaded, and what to do: a line each. */
export function explainFailure(error) {
  const failed = 'The command line has to be built, and'
  if (error.code === 'ERR_MODULE_NOT_FOUND')
    return [
      `Packages that it needs are not installed in ${join(root, 'node_modules')}.`,
      `Run npm ci in ${root}.`,
    ]
  if (['ENOSPC', 'EDQUOT'].includes(error.code))
    return [`${failed} there is no room for it in ${place}.`, 'Make room on its file system.']
  if (['EACCES', 'EPERM', 'EROFS'].includes(error.code))
    return [`${failed} ${place} cannot be written to.`, 'Run it once as the user that its folder belongs to.']
  return [`${failed} that failed: ${error.message}`]
}

const addressOf = (directory) => pathToFileURL(join(place, directory, 'main.js')).href

function readCurrent() {
  try {
    return JSON.parse(readFileSync(current, 'utf8'))
  } catch {
    return null
  }
}

const stampOf = (file) => {
  const { mtimeMs, size } = statSync(join(root, file))
  return `${mtimeMs} ${size}`
}

function isUnchanged([file, stamp]) {
  try {
    return stampOf(file) === stamp
  } catch {
    return false
  }
}

/** Builds `entry` into `directory`, somewhere below the root; returns every file that went in, with its stamp of before. */
export async function build(directory, entry) {
  const { build: bundle } = await import('esbuild')
  mkdirSync(directory, { recursive: true })
  const stamps = new Map(
    ['package-lock.json', 'tsconfig.json', relative(root, fileURLToPath(import.meta.url))].map((file) => [
      file,
      stampOf(file),
    ]),
  )
  const sources = {
    name: 'sources',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const file = relative(root, path)
        stamps.set(file, stampOf(file))
        const text = await readFile(path, 'utf8')
        // What lies beside a source (migrations, profiles) is looked for there, not beside the bundle.
        const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        return { contents, loader: 'ts' }
      }),
  }
  const { outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    plugins: [sources],
    // Both are ours: esbuild would print an error for every file that it can't write.
    write: false,
    logLevel: 'silent',
  })
  for (const { path, contents } of outputFiles) writeFileSync(path, contents)
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  return [...stamps]
}

function sweep(directory) {
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    const madeAt = Number(entry.name.split('-')[0])
    if (entry.isDirectory() && entry.name !== directory && madeAt < Date.now() - keptMs)
      rmSync(join(place, entry.name), { recursive: true, force: true })
  }
}
