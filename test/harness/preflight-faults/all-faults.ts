import { databaseFaults } from '@/test/harness/preflight-faults/database-faults'
import type { PreflightFault } from '@/test/harness/preflight-faults/fault'
import { fileFaults } from '@/test/harness/preflight-faults/file-faults'
import { hostFaults } from '@/test/harness/preflight-faults/host-faults'

/** Every fault that is made on hosts, with what the preflight of a create has to say of it: each of its checks is in here. */
export const preflightFaults: readonly PreflightFault[] = [...hostFaults, ...databaseFaults, ...fileFaults]
