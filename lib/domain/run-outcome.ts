import type { DirectoryRun } from '@/lib/domain/observation'

/** What a run of a directory's sync came to. */
export type RunOutcome = {
  /** A few words for a list. */
  readonly words: string
  /** What happened, a sentence without the run's own reason. */
  readonly sentence: string
  /** What to do about it; empty where nothing is to be done. */
  readonly fix: string
}

const outcome = (words: string, sentence: string, fix = ''): RunOutcome => ({ words, sentence, fix })

const tooManyDeletions = outcome(
  'deletions',
  'More files are missing on the primary than one run may delete here: the rest of them was kept.',
  'Make sure that they were meant to go: the next runs delete the rest.',
)

/** By the runner's own results (`host/understudy-sync`), where they tell all. */
const byResult: Readonly<Record<string, RunOutcome>> = {
  ok: outcome('good', 'All was copied.'),
  'skipped-overlap': outcome(
    'skipped',
    'The copy before it was still running.',
    'Give the directory a schedule that leaves a copy its time, or find out why it takes so long.',
  ),
  'skipped-role': outcome(
    'skipped',
    'Nothing was copied: this host does not say that it is the standby.',
    'See that PostgreSQL runs on the standby and is in recovery.',
  ),
  'failed-source': outcome(
    'no source',
    'The primary’s directory does not carry its mark: it is empty, not mounted or another one. Nothing was deleted here.',
    'See that the directory’s file system is mounted on the primary.',
  ),
  'failed-target': outcome(
    'no target',
    'The standby’s directory is not the one that the first copy filled. Nothing was written to it.',
    'See that the directory’s file system is mounted on the standby.',
  ),
  'failed-bin': outcome(
    'no bin',
    'Where this standby keeps what a copy deletes or overwrites, there is a link to elsewhere. Nothing was copied.',
    'See who put the link there, and take it away.',
  ),
  'failed-deletions': tooManyDeletions,
}

/** By exit codes of rsync (rsync(1), EXIT VALUES), of ssh (255: ssh(1), EXIT STATUS) and of the runner (143). */
const byExit: Readonly<Record<number, RunOutcome>> = {
  1: outcome(
    'not understood',
    'rsync did not understand how it was called.',
    'See that both hosts have rsync 3.1 or newer.',
  ),
  2: outcome(
    'versions differ',
    'The two rsyncs do not understand each other.',
    'Install the same rsync on both hosts.',
  ),
  3: outcome(
    'no such place',
    'A directory could not be entered or made.',
    'Look at its path and its owners on both hosts.',
  ),
  4: outcome(
    'not supported',
    'An rsync can’t do what was asked, as ACLs or extended attributes.',
    'Install the same rsync on both hosts.',
  ),
  5: outcome(
    'no connection',
    'The two rsyncs could not begin to talk.',
    'See that the standby reaches the primary by SSH.',
  ),
  6: outcome(
    'no log',
    'The log could not be written.',
    'Look at the directory of the logs on the standby: its room and its owner.',
  ),
  10: outcome(
    'connection lost',
    'The connection to the primary broke.',
    'See that the standby reaches the primary by SSH.',
  ),
  11: outcome(
    'not written',
    'A file could not be written or read.',
    'Make room on the standby, and see that its file system is writable.',
  ),
  12: outcome(
    'connection lost',
    'The other rsync ended in the middle of the copy.',
    'See that the standby reaches the primary by SSH, and that neither host has run out of room or memory.',
  ),
  13: outcome('failed', 'rsync failed in checking itself.', 'Install the same rsync on both hosts.'),
  14: outcome('failed', 'The processes of rsync lost each other.', 'See that the standby has memory left.'),
  20: outcome('ended', 'The copy was ended from outside.', 'The next run goes on.'),
  21: outcome(
    'failed',
    'A process of rsync died.',
    'See that the standby has memory left: the kernel’s log names what it killed.',
  ),
  22: outcome('no memory', 'rsync got no memory.', 'See that the standby has memory left.'),
  23: outcome(
    'partly',
    'Some files were not copied; all others were.',
    'See who may read them on the primary, and write them on the standby: the log names them.',
  ),
  24: outcome(
    'good',
    'Files went away while they were read, as they do on a living source. All others were copied.',
  ),
  25: tooManyDeletions,
  30: outcome(
    'timed out',
    'No byte came for as long as a copy may be silent.',
    'Look at the network between the hosts, and at the disk of the primary.',
  ),
  35: outcome(
    'timed out',
    'The primary did not answer in time.',
    'See that the standby reaches the primary by SSH.',
  ),
  143: outcome('ended', 'The copy was ended from outside.', 'The next run goes on.'),
  255: outcome(
    'no connection',
    'ssh could not connect, or lost the connection.',
    'See that the standby reaches the primary by SSH, with the pair’s key and the host key that is pinned: a rotation of the key makes both right.',
  ),
}

/** What happened in a run and what to do about it. */
export const outcomeOf = ({ result, exitCode }: Pick<DirectoryRun, 'result' | 'exitCode'>): RunOutcome =>
  byResult[result] ??
  byExit[exitCode] ??
  outcome('failed', `It ended with exit code ${exitCode}.`, 'Its log says why.')
