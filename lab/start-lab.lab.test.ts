import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { openLab, startLab } from '@/lab/lab'
import { type CommandOutcome, LabStopped, runNow } from '@/lab/run-command'

/** Starts that are refused or stopped before a host is on. */
const here = dirname(fileURLToPath(import.meta.url))

test.each([Number.NaN, 0, 1.5, 5])('a lab of %s hosts is refused, and nothing is made', async (hosts) => {
  const name = `refused-${process.pid}`
  await expect(startLab({ name, hosts })).rejects.toThrow('a lab has 1 to 4 hosts')
  const up = runNow(process.execPath, [
    '--import',
    'tsx',
    join(here, 'cli.ts'),
    'up',
    name,
    '--hosts',
    `${hosts}`,
  ])
  expect(up.exitCode).not.toBe(0)
  expect(up.stderr).toContain('It is 1 to 4.')
  expect(openLab(name)).toBeNull()
})

/** `lab up` where hosts' disks would lie on a file system of their own, seen by that process alone. */
function upOn(options: string): CommandOutcome {
  const name = `small-${process.pid}`
  const place = mkdtempSync(join(tmpdir(), 'understudy-lab-'))
  const text = `mount -t tmpfs -o ${options} tmpfs '${place}' && exec "$@"`
  const up = [process.execPath, '--import', 'tsx', join(here, 'cli.ts'), 'up', name]
  const args = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    text,
    'sh',
    'env',
    `UNDERSTUDY_LAB_STATE=${place}`,
    ...up,
  ]
  const outcome = runNow('unshare', args)
  rmSync(place, { recursive: true })
  return outcome
}

test('too little room for hosts is told before one is made, and a disk that becomes full in one line too', () => {
  expect(upOn('size=64m')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^lab: the disk is full: .* has 67 MB free, the lab needs 500 MB\n$/),
  })
  // As many files as the keys of a lab: its hosts find no room.
  expect(upOn('size=1g,nr_inodes=5')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^lab: the disk became full: ENOSPC: [^\n]*\n$/),
  })
})

test('stopped while the base is built, the build ends with all its programs and leaves nothing half-made', async () => {
  const cache = mkdtempSync('/var/cache/understudy-lab-')
  const bin = join(cache, 'bin')
  mkdirSync(bin)
  // The long part of a build, which begins to write and does not end.
  const debootstrap = `#!/bin/sh\nmkdir -p "$4/usr"; echo $$ > '${bin}/pid'; exec sleep 600\n`
  writeFileSync(join(bin, 'debootstrap'), debootstrap, { mode: 0o755 })
  vi.stubEnv('UNDERSTUDY_LAB_CACHE', cache)
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
  const stopping = new AbortController()
  const name = `stopped-${process.pid}`
  const stopped = expect(startLab({ name, signal: stopping.signal })).rejects.toThrow(LabStopped)
  await awaitFact('the build', () => existsSync(join(bin, 'pid')))
  const pid = Number(await awaitFact('its process', () => readFileSync(join(bin, 'pid'), 'utf8')))
  expect(readdirSync(cache).filter((entry) => entry.endsWith('.building'))).not.toEqual([])
  stopping.abort()
  await stopped
  vi.unstubAllEnvs()
  expect(existsSync(`/proc/${pid}`)).toBe(false)
  expect(readdirSync(cache).filter((entry) => entry.endsWith('.building'))).toEqual([])
  expect(openLab(name)).toBeNull()
  rmSync(cache, { recursive: true })
})
