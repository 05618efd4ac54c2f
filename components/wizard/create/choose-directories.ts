import type { DirectorySetting } from '@/lib/domain/pair'

/** The profile's directories in its order, then those that a pair has beside them. */
export const directoriesToChoose = (
  ofProfile: readonly DirectorySetting[],
  chosen: readonly DirectorySetting[],
): readonly DirectorySetting[] => [
  ...ofProfile,
  ...chosen.filter(({ id }) => !ofProfile.some((each) => each.id === id)),
]

/** The chosen ones with this one taken in or left out, in the order of all. */
export function withDirectory(
  all: readonly DirectorySetting[],
  chosen: readonly DirectorySetting[],
  directory: DirectorySetting,
  isTaken: boolean,
): readonly DirectorySetting[] {
  const rest = chosen.filter(({ id }) => id !== directory.id)
  const next = isTaken ? [...rest, directory] : rest
  return all.flatMap(({ id }) => next.find((each) => each.id === id) ?? [])
}
