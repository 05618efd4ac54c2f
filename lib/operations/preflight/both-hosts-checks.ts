import type { PreflightCheck } from '@/lib/domain/preflight'
import { missing, rightHostCheck, sudoCheck, twoHostsCheck } from '@/lib/operations/preflight/access-checks'
import { crontabCheck } from '@/lib/operations/preflight/application-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck } from '@/lib/operations/preflight/outcome'
import type { Profile } from '@/lib/profiles/schema'

type Hosts = { readonly primary: HostFacts; readonly standby: HostFacts }

/** What every operation asks of both hosts that it acts on. `hasDatabase`: whether it becomes the owner of one. */
export function bothHostsChecks(
  { primary, standby }: Hosts,
  { postgres, application }: Pick<Profile, 'postgres' | 'application'>,
  { hasDatabase }: { readonly hasDatabase: boolean },
): readonly PreflightCheck[] {
  const osUser = hasDatabase ? postgres.osUser : null
  return [
    sudoCheck('primary', primary, osUser, application),
    sudoCheck('standby', standby, osUser, application),
    rightHostCheck('primary', primary),
    rightHostCheck('standby', standby),
    twoHostsCheck(primary, standby),
    crontabCheck('primary', primary),
    crontabCheck('standby', standby),
  ]
}

/** The primary serves: one that does not is nobody’s to follow, or to take over from. `fix` is what to do about one in recovery. */
export function primaryWritesCheck({ primary }: Hosts, fix: string): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('primary-writes', 'The primary is one', 'primary', outcome)
  const server = answerOf(primary.server)
  if (!server || !primary.data.seen) return make(missing(primary.server, primary.data))
  return make(
    server.inRecovery
      ? fail(`PostgreSQL on ${primary.name} is in recovery and accepts no writes.`, fix)
      : pass(
          `PostgreSQL ${server.version} on ${primary.name} accepts writes, on timeline ${server.timeline}.`,
        ),
  )
}
