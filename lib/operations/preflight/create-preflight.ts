import type { CreateInput } from '@/lib/domain/inputs'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { CreateFacts } from '@/lib/operations/create/facts'
import {
  accessCheck,
  addressCheck,
  clockCheck,
  rightHostCheck,
  sudoCheck,
  twoHostsCheck,
} from '@/lib/operations/preflight/access-checks'
import { applicationCheck, fileToolsCheck } from '@/lib/operations/preflight/application-checks'
import {
  dataDirectoryCheck,
  oldDataCheck,
  primaryDataCheck,
  tablespacesCheck,
} from '@/lib/operations/preflight/data-place-checks'
import { directoriesCheck } from '@/lib/operations/preflight/directories-check'
import { diskSpaceCheck } from '@/lib/operations/preflight/disk-checks'
import { packageChecks } from '@/lib/operations/preflight/package-checks'
import {
  hbaCheck,
  machinesAlikeCheck,
  postgresFoundCheck,
  postgresPortCheck,
  primaryStandaloneCheck,
  rolesFreeCheck,
  settingFloorsCheck,
  sshPortCheck,
  standbyStandaloneCheck,
  versionsCheck,
} from '@/lib/operations/preflight/postgres-checks'
import { standbyDataCheck } from '@/lib/operations/preflight/standby-data'
import { restartCheck, slotCheck, walSpaceCheck } from '@/lib/operations/preflight/wal-checks'
import type { Profile } from '@/lib/profiles/schema'

type Given = {
  readonly facts: CreateFacts
  readonly input: CreateInput
  readonly profile: Pick<Profile, 'postgres' | 'application' | 'limits'>
}

function databaseChecks({
  facts: { primary, standby, link, asidePlace, tablespacePlaces },
  input,
}: Given): readonly PreflightCheck[] {
  return [
    postgresFoundCheck('primary', primary),
    postgresFoundCheck('standby', standby),
    versionsCheck(primary, standby),
    machinesAlikeCheck(primary, standby),
    primaryStandaloneCheck(primary),
    standbyStandaloneCheck(standby),
    standbyDataCheck(standby),
    primaryDataCheck(primary),
    dataDirectoryCheck(standby),
    tablespacesCheck(primary, standby, tablespacePlaces),
    oldDataCheck(standby, input.oldDataDirectory, asidePlace),
    settingFloorsCheck(primary, standby),
    hbaCheck('primary', primary),
    hbaCheck('standby', standby),
    rolesFreeCheck(primary),
    postgresPortCheck(primary, standby, link),
    restartCheck(primary, input),
    slotCheck(primary, input),
    walSpaceCheck(primary, input),
  ]
}

function fileChecks({ facts: { primary, standby, link }, input }: Given): readonly PreflightCheck[] {
  return [
    fileToolsCheck('primary', primary),
    fileToolsCheck('standby', standby),
    sshPortCheck(primary, standby, link),
    directoriesCheck(primary, standby, input.settings.directories),
  ]
}

/**
 * All checks of a create operation, each with its evidence and fix. Where a host can't be reached at all, only that is
 * said of it: what could not be looked at would only hide the one thing to mend.
 */
export function createPreflight(given: Given): readonly PreflightCheck[] {
  const { facts, input, profile } = given
  const { primary, standby } = facts
  const access = [accessCheck('primary', primary), accessCheck('standby', standby)]
  const addresses = [addressCheck('primary', primary), addressCheck('standby', standby)]
  if (access.some(({ outcome }) => outcome === 'fail')) return [...access, ...addresses]
  const osUser = input.scope.database ? profile.postgres.osUser : null
  const directories = input.scope.files ? input.settings.directories.map(({ path }) => path) : []
  return [
    ...access,
    ...addresses,
    sudoCheck('primary', primary, osUser),
    sudoCheck('standby', standby, osUser),
    rightHostCheck('primary', primary),
    rightHostCheck('standby', standby),
    twoHostsCheck(primary, standby),
    clockCheck(primary, standby, profile.limits.clockDifferenceMs),
    applicationCheck('primary', primary, profile.application),
    applicationCheck('standby', standby, profile.application),
    ...(input.scope.database ? databaseChecks(given) : []),
    ...(input.scope.files ? fileChecks(given) : []),
    ...packageChecks(facts.packages),
    diskSpaceCheck(primary, standby, directories, facts.tablespacePlaces),
  ]
}
