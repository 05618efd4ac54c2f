import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@/lib/errors'
import { parseProfile } from '@/lib/profiles/parse-profile'
import type { Profile } from '@/lib/profiles/schema'

/**
 * Every profile in these directories (`*.yaml`), by id; a later directory's profile of the same id replaces an
 * earlier one's, so an operator's own file wins over a built-in.
 * @throws AppError PROFILE_INVALID for the first file that can't be read as a profile.
 */
export async function readProfiles(directories: readonly string[]): Promise<ReadonlyMap<string, Profile>> {
  const profiles = new Map<string, Profile>()
  for (const directory of directories) {
    for (const name of await listProfileFiles(directory)) {
      const file = join(directory, name)
      const profile = parseProfile(await readFile(file, 'utf8'), file)
      profiles.set(profile.id, profile)
    }
  }
  return profiles
}

async function listProfileFiles(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith('.yaml')).sort()
  } catch (cause) {
    throw new AppError('PROFILE_INVALID', `The profile directory ${directory} can’t be read.`, {
      fix: 'Create it, or take it out of the settings.',
      cause,
    })
  }
}
