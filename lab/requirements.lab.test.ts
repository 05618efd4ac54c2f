import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('./cli.ts', import.meta.url))
const run = promisify(execFile)

/** What the lab says where it can't run: its exit code, and what stands on standard error. */
async function checked(command: string, args: readonly string[], path = process.env.PATH) {
  const asking = run(command, [...args, process.execPath, '--import', 'tsx', program, 'check'], {
    env: { ...process.env, PATH: path },
  })
  const { code, stderr } = await asking.then(
    () => ({ code: 0, stderr: '' }),
    (error: { code: number; stderr: string }) => error,
  )
  return { code, said: stderr.trim() }
}

test('without root the lab says so in one line', async () => {
  // Files stay readable: root sees itself as another user, and can do no more than that one.
  const found = await checked('unshare', ['--user', '--map-user=65534', '--map-group=65534'])
  expect(found).toEqual({ code: 1, said: 'lab: the lab boots real hosts and needs root' })
})

test('a machine without its tools, and without apt-get to install them, is told in one line', async () => {
  const bare = await mkdtemp(join(tmpdir(), 'understudy-bare-'))
  for (const name of ['sh', 'unshare', 'true', 'env']) await symlink(`/usr/bin/${name}`, join(bare, name))
  const found = await checked('/usr/bin/env', [], bare)
  await rm(bare, { recursive: true })
  expect(found.code).toBe(1)
  expect(found.said).toMatch(
    /^lab: the lab needs debootstrap, systemd-container, openssh-client, iproute2, util-linux, xfsprogs, and there is no apt-get to install them$/,
  )
})
