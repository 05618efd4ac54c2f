import fc from 'fast-check'
import { adoptPieces } from '@/lib/domain/adopt/pieces'
import { errorCodes } from '@/lib/errors'
import { anAdoption } from '@/test/harness/adoption'

const anyServer = fc.oneof(
  fc.record({ unseen: fc.constantFrom(...errorCodes) }),
  fc.record({
    inRecovery: fc.boolean(),
    timeline: fc.integer({ min: 1, max: 3 }),
    replayPaused: fc.boolean(),
    currentLsn: fc.constantFrom('0/5000100', '0/4000000', '0/9000100', null),
    receivedLsn: fc.constantFrom('0/5000100', '0/4000000', null),
    systemIdentifier: fc.constantFrom('1', '2'),
    receiver: fc.constantFrom(
      null,
      {
        status: 'streaming',
        senderHost: null,
        timeline: 1,
        latestEndLsn: '0/5000100',
        lastMessageAgeSeconds: 0.2,
      },
      {
        status: 'streaming',
        senderHost: null,
        timeline: 1,
        latestEndLsn: '0/5000100',
        lastMessageAgeSeconds: 1,
      },
    ),
    senders: fc.constant([]),
  }),
)
const anyMachine = fc.oneof(
  fc.record({ unseen: fc.constantFrom(...errorCodes) }),
  fc.record({
    peerPostgres: fc.constantFrom('accepting', 'rejecting', 'no-response', null),
    postgresProcess: fc.constantFrom('running', 'stopped', 'absent', null),
    cronRunning: fc.boolean(),
    peerSsh: fc.constantFrom('accepting', 'no-response', null),
    fileRole: fc.constantFrom('primary', 'standby', 'former', null),
  }),
)
/** What may be seen of two hosts at one time, sound, broken or not at all; for `observationOf`. */
export const anyChanges = fc.record({
  primaryServer: anyServer,
  primaryMachine: anyMachine,
  standbyServer: anyServer,
  standbyMachine: anyMachine,
})
/** What a pair may be like. */
export const anyPair = fc.record({
  isPaired: fc.boolean(),
  formerPrimary: fc.constantFrom('none' as const, 'fenced' as const, 'watched' as const),
  scope: fc.record({ database: fc.boolean(), files: fc.boolean() }),
  /** Most pairs are our own. */
  adoption: fc.option(
    fc.subarray([...adoptPieces]).map((taken) => anAdoption({ taken })),
    { nil: null, freq: 1 },
  ),
})
