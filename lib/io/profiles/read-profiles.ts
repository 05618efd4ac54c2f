import { readdir, readFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import type { ProfileProblem } from '@/lib/domain/views'
import { AppError, hasCode } from '@/lib/errors'
import type { LoadedProfiles } from '@/lib/profiles/loaded-profiles'
import { parseProfile } from '@/lib/profiles/parse-profile'
import type { Profile } from '@/lib/profiles/schema'

type ReadFile = { readonly file: string; readonly profile: Profile }

/**
 * Every profile in these directories (`*.yaml`, `*.yml`), by id; a later directory's profile of the same id replaces an
 * earlier one's, so an operator's own file wins over a built-in. A file that can't be used is told, and costs its own
 * profile only: a built-in one that it was to replace is not used in its place.
 * @throws AppError PROFILE_INVALID for a directory that can't be read: which profiles it would replace nobody knows.
 */
export async function readProfiles(directories: readonly string[]): Promise<LoadedProfiles> {
  const profiles = new Map<string, Profile>()
  const profileProblems: ProfileProblem[] = []
  for (const directory of directories) {
    const { good, problems } = await readDirectory(directory)
    for (const { profileId } of problems) profiles.delete(profileId)
    for (const { profile } of good) profiles.set(profile.id, profile)
    profileProblems.push(...problems)
  }
  return { profiles, profileProblems }
}

async function readDirectory(
  directory: string,
): Promise<{ good: readonly ReadFile[]; problems: readonly ProfileProblem[] }> {
  const read = await Promise.all(
    (await listProfileFiles(directory)).map((name) => readOne(join(directory, name))),
  )
  const sound = read.filter((each) => 'profile' in each)
  const problems = read.filter((each) => 'sentences' in each)
  const good = sound.filter((each) => chosenOf(sound, each.profile.id) === each)
  const doubles = sound.filter((each) => !good.includes(each)).map((each) => doubleProblem(sound, each))
  return { good, problems: [...problems, ...doubles] }
}

/** Of several files of one id the one that is named like it; a copy lies beside its original. */
const chosenOf = (files: readonly ReadFile[], id: string): ReadFile | undefined => {
  const same = files.filter(({ profile }) => profile.id === id)
  return same.find(({ file }) => parse(file).name === id) ?? same[0]
}

function doubleProblem(files: readonly ReadFile[], { file, profile: { id } }: ReadFile): ProfileProblem {
  const chosen = chosenOf(files, id)?.file ?? ''
  return {
    file,
    profileId: id,
    sentences: [`${file}: ${chosen} has the id ${id} too and is used; give this one an id of its own`],
  }
}

async function readOne(file: string): Promise<ReadFile | ProfileProblem> {
  const text = await readText(file)
  if (text === null)
    return {
      file,
      profileId: parse(file).name,
      sentences: [`${file}: this is not a file that Understudy may read; mend its rights, or remove it`],
    }
  try {
    return { file, profile: parseProfile(text, file) }
  } catch (error) {
    if (!hasCode(error, 'PROFILE_INVALID')) throw error
    return { file, profileId: idIn(text) ?? parse(file).name, sentences: error.message.split('\n') }
  }
}

/** Of a file that is no profile: which one it was meant to be. */
const idIn = (text: string): string | null =>
  /^id:[ \t]*["']?([a-z][a-z0-9-]*)["']?[ \t]*(?:#.*)?$/m.exec(text)?.[1] ?? null

/** Null where it can't be read: no file, or one that others keep to themselves. */
async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}

async function listProfileFiles(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => /\.ya?ml$/.test(name)).sort()
  } catch (cause) {
    throw new AppError('PROFILE_INVALID', `The profile directory ${directory} can’t be read.`, {
      fix: 'Create it, or take it out of the settings.',
      cause,
    })
  }
}
