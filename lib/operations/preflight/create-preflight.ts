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
import { applicationCheck, crontabCheck, fileToolsCheck } from '@/lib/operations/preflight/application-checks'
import {
  dataDirectoryCheck,
  oldDataCheck,
  primaryDataCheck,
  tablespacesCheck,
} from '@/lib/operations/preflight/data-place-checks'
import { directoriesCheck } from '@/lib/operations/preflight/directories-check'
import { diskSpaceCheck } from '@/lib/operations/preflight/disk-checks'
import { extensionsCheck } from '@/lib/operations/preflight/extension-checks'
import {
  applicationVersionCheck,
  collationsCheck,
  localesCheck,
  memoryCheck,
  timeZonesCheck,
} from '@/lib/operations/preflight/machine-parity-checks'
import { ownersCheck } from '@/lib/operations/preflight/owner-checks'
import { packageChecks } from '@/lib/operations/preflight/package-checks'
import { mountPointsCheck, samePlacesCheck } from '@/lib/operations/preflight/place-checks'
import {
  hbaCheck,
  machinesAlikeCheck,
  postgresFoundCheck,
  postgresPortCheck,
  rolesFreeCheck,
  settingFloorsCheck,
  sshPortBackCheck,
  sshPortCheck,
  versionsCheck,
} from '@/lib/operations/preflight/postgres-checks'
import {
  replicationAccessCheck,
  standbySourceCheck,
  walSendersCheck,
} from '@/lib/operations/preflight/replication-checks'
import {
  primaryDatabaseCheck,
  primaryStandaloneCheck,
  standbyStandaloneCheck,
} from '@/lib/operations/preflight/standalone-checks'
import { standbyDataCheck } from '@/lib/operations/preflight/standby-data'
import { postgresUnitCheck } from '@/lib/operations/preflight/unit-checks'
import { restartCheck, slotCheck, walSpaceCheck } from '@/lib/operations/preflight/wal-checks'
import type { Profile } from '@/lib/profiles/schema'

type Given = {
  readonly facts: CreateFacts
  readonly input: CreateInput
  readonly profile: Pick<Profile, 'postgres' | 'application' | 'limits'>
}

/** Whether the two servers suit each other, and the copy will start and serve. */
function parityChecks({ facts, profile }: Given): readonly PreflightCheck[] {
  const { primary, standby, parity } = facts
  return [
    versionsCheck(primary, standby),
    machinesAlikeCheck(primary, standby),
    collationsCheck(facts),
    localesCheck(facts),
    extensionsCheck(facts),
    settingFloorsCheck(facts),
    memoryCheck(facts),
    samePlacesCheck(facts, profile.postgres),
    primaryDatabaseCheck(primary, profile.postgres.database),
    primaryStandaloneCheck(primary, parity),
    standbyStandaloneCheck(standby, parity),
  ]
}

function databaseChecks(given: Given): readonly PreflightCheck[] {
  const {
    facts: { primary, standby, link, asidePlace, tablespacePlaces },
    input,
  } = given
  return [
    postgresFoundCheck('primary', primary),
    postgresFoundCheck('standby', standby),
    postgresUnitCheck('primary', primary),
    postgresUnitCheck('standby', standby),
    ...parityChecks(given),
    standbyDataCheck(standby),
    primaryDataCheck(primary),
    dataDirectoryCheck(standby),
    tablespacesCheck(primary, standby, tablespacePlaces),
    oldDataCheck(standby, input.oldDataDirectory, asidePlace),
    hbaCheck('primary', primary),
    hbaCheck('standby', standby),
    replicationAccessCheck(given.facts, link),
    rolesFreeCheck(primary),
    postgresPortCheck(primary, standby, link),
    restartCheck(primary, input),
    walSendersCheck(primary, input),
    slotCheck(primary, input),
    walSpaceCheck(primary, input),
  ]
}

function fileChecks({ facts, input }: Given): readonly PreflightCheck[] {
  const { primary, standby, link } = facts
  const { directories } = input.settings
  return [
    fileToolsCheck('primary', primary),
    fileToolsCheck('standby', standby),
    sshPortCheck(primary, standby, link),
    sshPortBackCheck(primary, standby, link),
    directoriesCheck(primary, standby, directories),
    ownersCheck(
      facts,
      directories.map(({ path }) => path),
    ),
  ]
}

/**
 * All checks of a create operation, each with its evidence and fix. Where a host can't be reached at all, only that is
 * said of it: what could not be looked at would only hide the one thing to mend.
 */
export function createPreflight(given: Given): readonly PreflightCheck[] {
  const { facts, input, profile } = given
  const { primary, standby, link } = facts
  const { application } = profile
  const access = [accessCheck('primary', primary), accessCheck('standby', standby)]
  const addresses = [addressCheck('primary', primary), addressCheck('standby', standby)]
  if (access.some(({ outcome }) => outcome === 'fail')) return [...access, ...addresses]
  const osUser = input.scope.database ? profile.postgres.osUser : null
  const directories = input.scope.files ? input.settings.directories.map(({ path }) => path) : []
  const hasVersion = application.versionFile !== null || application.versionCommand !== null
  return [
    ...access,
    ...addresses,
    sudoCheck('primary', primary, osUser, application),
    sudoCheck('standby', standby, osUser, application),
    rightHostCheck('primary', primary),
    rightHostCheck('standby', standby),
    twoHostsCheck(primary, standby),
    standbySourceCheck(primary, standby, link),
    clockCheck(primary, standby, profile.limits.clockDifferenceMs),
    timeZonesCheck(facts, input.scope.database),
    applicationCheck('primary', primary, application),
    applicationCheck('standby', standby, application),
    crontabCheck('primary', primary),
    crontabCheck('standby', standby),
    applicationVersionCheck(facts, hasVersion),
    ...(input.scope.database ? databaseChecks(given) : []),
    ...(input.scope.files ? fileChecks(given) : []),
    ...packageChecks(facts.packages),
    mountPointsCheck(primary, standby, directories),
    diskSpaceCheck(primary, standby, directories, facts.tablespacePlaces),
  ]
}
