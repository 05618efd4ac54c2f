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

/** The address of the bundled `cli/main.ts`, to be imported. Throws what the file system throws where nothing can be written. */
export async function ensureBundle() {
  const known = readCurrent()
  if (known && known.root === root && known.files.every(isUnchanged)) return addressOf(known.directory)
  const directory = `${Date.now()}-${process.pid}`
  const files = await build(join(place, directory))
  const next = `${current}.${process.pid}`
  writeFileSync(next, JSON.stringify({ root, directory, files }))
  renameSync(next, current)
  sweep(directory)
  return addressOf(directory)
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

/** Builds into `directory`; returns every file that went in, with its stamp of before. */
async function build(directory) {
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
  await bundle({
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
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
    logLevel: 'error',
  })
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
