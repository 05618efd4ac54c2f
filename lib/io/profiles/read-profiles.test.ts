import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readProfiles } from '@/lib/io/profiles/read-profiles'

const builtIn = 'lib/profiles'
const sound = readFileSync(`${builtIn}/generic-debian.yaml`, 'utf8')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-profiles-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (name: string, content: string) => writeFileSync(join(folder, name), content)

describe('the profiles', () => {
  test('that are built in are all sound, each in a file of its own name', async () => {
    const profiles = await readProfiles([builtIn])
    expect([...profiles.keys()].toSorted()).toEqual(expect.arrayContaining(['generic-debian', 'splunk-soar']))
    for (const [id, profile] of profiles) expect(profile.id).toBe(id)
  })

  test('of an operator win over built-in ones of the same id, and stand beside the others', async () => {
    put('mine.yaml', sound.replace('title: Application on Debian', 'title: Mine'))
    put('other.yaml', sound.replace('id: generic-debian', 'id: other'))
    const profiles = await readProfiles([builtIn, folder])
    expect(profiles.get('generic-debian')?.title).toBe('Mine')
    expect(profiles.get('other')?.title).toBe('Application on Debian')
    expect(profiles.has('splunk-soar')).toBe(true)
    expect((await readProfiles([folder, builtIn])).get('generic-debian')?.title).not.toBe('Mine')
  })

  test('are the files that end with .yaml, and nothing else that lies there', async () => {
    put('mine.yaml', sound)
    put('notes.txt', 'not a profile')
    put('mine.yaml.bak', 'nor this')
    mkdirSync(join(folder, 'older'))
    expect([...(await readProfiles([folder])).keys()]).toEqual(['generic-debian'])
  })

  test('of an empty directory, or of none, are none', async () => {
    expect((await readProfiles([folder])).size).toBe(0)
    expect((await readProfiles([])).size).toBe(0)
  })

  test('that can’t be read are told with their file, and none of the others is used', async () => {
    put('a.yaml', sound)
    put('b.yaml', 'format: 2\n')
    await expect(readProfiles([folder])).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: expect.stringContaining(join(folder, 'b.yaml')),
    })
  })

  test('of a directory that is not there are an error with what to do, not an empty list', async () => {
    await expect(readProfiles([join(folder, 'nowhere')])).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: expect.stringContaining('nowhere'),
      fix: 'Create it, or take it out of the settings.',
    })
  })
})
