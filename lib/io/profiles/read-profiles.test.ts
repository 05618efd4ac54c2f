import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readProfiles } from '@/lib/io/profiles/read-profiles'
import { type LoadedProfiles, missingProfile } from '@/lib/profiles/loaded-profiles'

const builtIn = 'lib/profiles'
const sound = readFileSync(`${builtIn}/generic-debian.yaml`, 'utf8')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-profiles-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (name: string, content: string) => writeFileSync(join(folder, name), content)

const broken = sound.replace('title: Application on Debian', 'title: ""')
const idsOf = ({ profiles }: LoadedProfiles) => [...profiles.keys()].toSorted()

describe('the profiles', () => {
  test('that are built in are all sound, each in a file of its own name', async () => {
    const { profiles, profileProblems } = await readProfiles([builtIn])
    expect(profileProblems).toEqual([])
    expect([...profiles.keys()].toSorted()).toEqual(expect.arrayContaining(['generic-debian', 'splunk-soar']))
    for (const [id, profile] of profiles) expect(profile.id).toBe(id)
  })

  test('of an operator win over built-in ones of the same id, and stand beside the others', async () => {
    put('mine.yaml', sound.replace('title: Application on Debian', 'title: Mine'))
    put('other.yaml', sound.replace('id: generic-debian', 'id: other'))
    const { profiles } = await readProfiles([builtIn, folder])
    expect(profiles.get('generic-debian')?.title).toBe('Mine')
    expect(profiles.get('other')?.title).toBe('Application on Debian')
    expect(profiles.has('splunk-soar')).toBe(true)
    const turned = await readProfiles([folder, builtIn])
    expect(turned.profiles.get('generic-debian')?.title).not.toBe('Mine')
  })

  test('are the files that end with .yaml or .yml, and nothing else that lies there', async () => {
    put('mine.yaml', sound)
    put('other.yml', sound.replace('id: generic-debian', 'id: other'))
    put('notes.txt', 'not a profile')
    put('mine.yaml.bak', 'nor this')
    mkdirSync(join(folder, 'older'))
    const loaded = await readProfiles([folder])
    expect(idsOf(loaded)).toEqual(['generic-debian', 'other'])
    expect(loaded.profileProblems).toEqual([])
  })

  test('of an empty directory, or of none, are none', async () => {
    expect((await readProfiles([folder])).profiles.size).toBe(0)
    expect((await readProfiles([])).profiles.size).toBe(0)
  })

  test('of a directory that is not there are an error with what to do, not an empty list', async () => {
    await expect(readProfiles([join(folder, 'nowhere')])).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: expect.stringContaining('nowhere'),
      fix: 'Create it, or take it out of the settings.',
    })
  })
})

describe('a file that can’t be used', () => {
  test('is told with each problem’s place, and costs its own profile only', async () => {
    put('a.yaml', sound)
    put('b.yaml', broken.replace('id: generic-debian', 'id: mine'))
    const loaded = await readProfiles([folder])
    expect(idsOf(loaded)).toEqual(['generic-debian'])
    const file = join(folder, 'b.yaml')
    expect(loaded.profileProblems).toEqual([
      { file, profileId: 'mine', sentences: [`${file}:5:8: title must not be empty`] },
    ])
  })

  test('is never replaced by the built-in profile that it was to replace', async () => {
    put('mine.yaml', broken)
    const loaded = await readProfiles([builtIn, folder])
    expect(loaded.profiles.has('generic-debian')).toBe(false)
    expect(loaded.profiles.has('splunk-soar')).toBe(true)
    expect(missingProfile('generic-debian', loaded)).toMatchObject({
      code: 'PROFILE_INVALID',
      message: `The profile “generic-debian” can’t be used: ${join(folder, 'mine.yaml')}:5:8: title must not be empty.`,
      fix: `Mend ${join(folder, 'mine.yaml')} and restart Understudy.`,
    })
  })

  test.each([
    ['is no YAML', `${sound}\n: [`, 'generic-debian'],
    ['has a quoted id', 'id: "splunk-soar" # as built in\nformat: 2', 'splunk-soar'],
    ['has no id', 'format: 2', 'mine'],
    ['has an id that is none', 'id: Not An Id', 'mine'],
  ])('and %s is known by its id, or else by its name', async (_, content, profileId) => {
    put('mine.yaml', content)
    expect((await readProfiles([folder])).profileProblems).toMatchObject([{ profileId }])
  })

  test('because it can’t be read at all is told too', async () => {
    mkdirSync(join(folder, 'splunk-soar.yaml'))
    const loaded = await readProfiles([builtIn, folder])
    expect(loaded.profiles.has('splunk-soar')).toBe(false)
    expect(loaded.profileProblems).toMatchObject([
      { profileId: 'splunk-soar', sentences: [expect.stringContaining('mend its rights, or remove it')] },
    ])
  })
})

test('of two files of one id the one named like it is used, and the other is told', async () => {
  put('generic-debian-copy.yaml', sound.replace('title: Application on Debian', 'title: Copy'))
  put('generic-debian.yml', sound)
  put('generic-debian-old.yaml', broken)
  const { profiles, profileProblems } = await readProfiles([folder])
  expect(profiles.get('generic-debian')?.title).toBe('Application on Debian')
  expect(profileProblems.map(({ file }) => basename(file))).toEqual([
    'generic-debian-old.yaml',
    'generic-debian-copy.yaml',
  ])
  expect(profileProblems[1]?.sentences).toEqual([
    `${join(folder, 'generic-debian-copy.yaml')}: ${join(folder, 'generic-debian.yml')} has the id generic-debian too and is used; give this one an id of its own`,
  ])
})

test('a profile that is nowhere is told with those that there are', async () => {
  const loaded = await readProfiles([builtIn])
  expect(missingProfile('gone', loaded)).toMatchObject({
    message: 'There is no profile “gone”.',
    fix: expect.stringMatching(
      /^Choose one of: .*splunk-soar.*; or put its file into the directory of profiles/,
    ),
  })
})
