import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { LabError } from '@/lab/run-command'

/**
 * The host that a person names: by its name where only one lab has it, else as `<lab>/<host>`. Throws LabError where none is
 * meant, or more than one: two demos have hosts of the same names, and a fault must not hit the wrong one.
 */
export function findHost(labs: readonly Lab[], name: string): LabHost {
  const all = labs.flatMap((lab) => lab.hosts.map((host) => ({ host, fullName: `${lab.name}/${host.name}` })))
  const exact = all.filter(({ fullName }) => fullName === name)
  const meant = exact.length > 0 ? exact : all.filter(({ host }) => host.name === name)
  const [first, ...others] = meant
  if (!first) throw new LabError(`there is no host ${name}: npm run lab -- status`)
  if (others.length > 0)
    throw new LabError(
      `${meant.length} labs have a host ${name}; say which: ${meant.map(({ fullName }) => fullName).join(', ')}`,
    )
  return first.host
}
