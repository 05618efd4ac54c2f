import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { binPath, runnerFiles } from '@/lib/commands/sync'
import { fileRolePath } from '@/lib/domain/sync-names'
import {
  beginCopy,
  inHome,
  last,
  put,
  roleIs,
  run,
  runs,
  sync,
  wasCopied,
  withStandIns,
} from '@/test/harness/runner-home'

/** A copy's process is named as its program; the stand-in's is `sleep`. */
const endsByName = () =>
  put(
    inHome('bin/pkill'),
    `#!/bin/sh\n[ "$*" = "-TERM -P $3 -x rsync" ] && exec /usr/bin/pkill -TERM -P "$3" -x sleep\n`,
    0o755,
  )

describe('a copy', () => {
  test('ends once this host is promoted by hand while it runs, and nothing of that is left', async () => {
    endsByName()
    const { ended } = await beginCopy('exec sleep 600')
    roleIs('f')
    expect(await ended).toEqual([1, null])
    expect(last()).toMatchObject({
      result: 'failed',
      reason: 'this host became a writable primary while it was copied to',
    })
    expect(readdirSync(runs()).toSorted()).toEqual(['vault.jsonl', 'vault.last', 'vault.lock'])
  })

  test('ends as well where no database but a file tells that this host has become the primary', async () => {
    for (const file of runnerFiles({ ...sync, database: null }))
      put(file.path, withStandIns(file.content), Number.parseInt(file.mode, 8))
    put(fileRolePath(sync.places.standby), 'standby\n')
    endsByName()
    const { ended } = await beginCopy('exec sleep 600')
    put(fileRolePath(sync.places.standby), 'primary\n')
    expect(await ended).toEqual([1, null])
    expect(last().reason).toBe('this host became a writable primary while it was copied to')
  })

  test('goes on while PostgreSQL of this host does not answer: only a writable one ends it', async () => {
    const { ended } = await beginCopy('exec sleep 7')
    roleIs('')
    expect(await ended).toEqual([0, null])
    expect(last()).toMatchObject({ result: 'ok' })
  })

  test('is not begun where what it deletes or overwrites would be kept behind a link: that could lead anywhere', () => {
    const [vault] = sync.directories
    const bin = vault ? binPath(sync, vault) : ''
    mkdirSync(inHome('elsewhere'))
    for (const link of [dirname(bin), bin]) {
      rmSync(dirname(bin), { recursive: true, force: true })
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(inHome('elsewhere'), link)
      expect(run().status).toBe(1)
      expect(last()).toMatchObject({ result: 'failed-bin', reason: `${link} is a symbolic link` })
      expect(wasCopied()).toBe(false)
    }
  })
})
