import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasCode } from '@/lib/errors'
import { parsePaths, pathsQuestion } from '@/lib/facts/path-survey'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy survey '))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Asks a real shell; `before` stands before the question, e.g. another PATH. */
function ask(paths: readonly string[], { walkSeconds = 5, before = '' } = {}) {
  const { text } = pathsQuestion(paths, walkSeconds, false)
  const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } } as const
  const found = parsePaths(execFileSync('sh', ['-c', `${before}${text}`], options))
  expect(found).toHaveLength(paths.length)
  return (path: string) => found.find((entry) => entry.path === path)
}

test('paths with any name are told with owner, mount point, device and size; a missing one by its parent', () => {
  const hostile = join(directory, "it's $(touch x) here")
  writeFileSync(join(directory, 'file'), 'x'.repeat(100_000))
  const found = ask([directory, hostile, '/dev'])
  const [there, absent] = [found(directory), found(hostile)]
  expect(there).toMatchObject({ exists: true, isMountPoint: false, isLink: false, walk: 'whole' })
  expect(there?.mountsWithin).toEqual([])
  expect(there?.usedBytes).toBeGreaterThanOrEqual(100_000)
  expect(there?.uid).toBe(process.getuid?.())
  expect(absent).toMatchObject({ exists: false, uid: null, usedBytes: 0, owners: [], walk: 'whole' })
  expect(absent?.device).toBe(there?.device)
  expect(absent?.mountPoint).toBe(there?.mountPoint)
  expect(absent?.freeBytes).toBeGreaterThan(0)
  expect(absent?.source).toMatch(/\S/)
  expect(found('/dev')).toMatchObject({
    isMountPoint: true,
    mountPoint: '/dev',
    fileSystem: expect.stringMatching(/^(?:dev)?tmpfs$/),
  })
  expect(found('/dev')?.mountsWithin).toContain('/dev/pts')
})

test('a tree is counted as du counts it, hard links once, also behind a link', () => {
  const tree = join(directory, 'tree')
  mkdirSync(join(tree, 'a', 'b'), { recursive: true })
  for (const name of ['one', 'a/two', 'a/b/three']) writeFileSync(join(tree, name), 'x'.repeat(50_000))
  linkSync(join(tree, 'one'), join(tree, 'a', 'again'))
  symlinkSync(tree, join(directory, 'link'))
  const counted = Number(execFileSync('du', ['-sB1', '--', tree], { encoding: 'utf8' }).split('\t')[0])
  const found = ask([tree, join(directory, 'link')])
  expect(found(tree)?.usedBytes).toBe(counted)
  expect(found(join(directory, 'link'))).toMatchObject({ usedBytes: counted, isLink: true })
})

test('every owner in a tree is told, not only that of its top', () => {
  const program = join(directory, 'bin')
  mkdirSync(program)
  const lines = '0:0 8 1 1:1 d 4096\\n998:998 8 1 1:2 f 10\\n998:33 8 2 1:3 f 70\\n998:33 8 2 1:3 f 70\\n'
  writeFileSync(join(program, 'find'), `#!/bin/sh\nprintf '${lines}'\n`, { mode: 0o755 })
  const found = ask([directory], { before: `PATH='${program}':$PATH; ` })(directory)
  expect(found?.usedBytes).toBe(3 * 8 * 512)
  expect([...(found?.owners ?? [])].sort((a, b) => a.uid - b.uid || a.gid - b.gid)).toEqual([
    { uid: 0, gid: 0 },
    { uid: 998, gid: 33 },
    { uid: 998, gid: 998 },
  ])
})

test('a tree whose time was over, or that could not all be read, has no size and says which', () => {
  expect(ask(['/usr'], { walkSeconds: 0.001 })('/usr')).toMatchObject({ usedBytes: null, walk: 'cut-short' })
  const program = join(directory, 'bin')
  mkdirSync(program)
  writeFileSync(join(program, 'find'), "#!/bin/sh\necho '5:5 8 1 1:1 d 4096'\nexit 1\n", { mode: 0o755 })
  const found = ask([directory], { before: `PATH='${program}':$PATH; ` })(directory)
  expect(found).toMatchObject({ usedBytes: null, walk: 'in-part', owners: [{ uid: 5, gid: 5 }] })
})

test('a walk whose time is over in the middle of a line is cut short, and nothing more', () => {
  const program = join(directory, 'bin')
  mkdirSync(program)
  const cut = "printf '5:5 8 1 1:1 f 100\\n99'; exit 124"
  writeFileSync(join(program, 'find'), `#!/bin/sh\n${cut}\n`, { mode: 0o755 })
  const found = ask([directory], { before: `PATH='${program}':$PATH; ` })(directory)
  expect(found).toMatchObject({
    usedBytes: null,
    walk: 'cut-short',
    owners: [{ uid: 5, gid: 5 }],
    sizes: [{ upToBytes: 128, files: 1, bytes: 100 }],
  })
})

test('files are told by their sizes, whatever their names, and hard links once; what is no file has none', () => {
  const tree = join(directory, 'tree')
  mkdirSync(tree)
  const sizes = { empty: 0, 'new\nline': 64, sixty5: 65, large: 5_000_000, 'as large': 5_000_000 }
  for (const [name, size] of Object.entries(sizes)) writeFileSync(join(tree, name), 'x'.repeat(size))
  linkSync(join(tree, 'large'), join(tree, 'again'))
  symlinkSync('large', join(tree, 'link'))
  writeFileSync(join(tree, 'sparse'), '')
  truncateSync(join(tree, 'sparse'), 5_000_000_000_000)
  const found = ask([tree, join(directory, 'nothing')])
  expect(found(tree)?.sizes.toSorted((one, other) => one.upToBytes - other.upToBytes)).toEqual([
    { upToBytes: 64, files: 2, bytes: 64 },
    { upToBytes: 128, files: 1, bytes: 65 },
    { upToBytes: 8_388_608, files: 2, bytes: 10_000_000 },
    { upToBytes: 8_796_093_022_208, files: 1, bytes: 5_000_000_000_000 },
  ])
  expect(found(join(directory, 'nothing'))?.sizes).toEqual([])
})

test('trees are walked at once, so that a slow one does not wait for another', () => {
  const [program, met] = [join(directory, 'bin'), join(directory, 'met')]
  for (const folder of [program, met]) mkdirSync(folder)
  const paths = ['/usr', '/var', '/etc', '/home', '/srv', '/tmp']
  // Each waits until all are there: one after another none would ever end by itself.
  const waits = `: >'${met}'/$$; while [ "$(ls '${met}' | wc -l)" -lt ${paths.length} ]; do sleep 0.01; done`
  writeFileSync(join(program, 'find'), `#!/bin/sh\n${waits}\n`, { mode: 0o755 })
  const found = ask(paths, { walkSeconds: 20, before: `PATH='${program}':$PATH; ` })
  expect(paths.map((path) => found(path)?.walk)).toEqual(paths.map(() => 'whole'))
})

test('an answer of another form is an error, never an empty value', () => {
  const refuses = (text: string) => {
    try {
      parsePaths(text)
    } catch (error) {
      return hasCode(error, 'HOST_COMMAND_FAILED')
    }
    return false
  }
  expect(refuses('nonsense\n')).toBe(true)
  expect(refuses('/srv\tyes\t0\t0\tno\t/\t42\tmany\text4\t/dev/sda\t10\t0:0\t0\t\tno\t\n')).toBe(true)
})
