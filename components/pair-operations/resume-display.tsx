import type { PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'

export const resumeDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Resume ${pair.slug}`,
  about: ({ hosts }) => (
    <>
      What is paused on <b className="font-semibold">{hosts.standby.name}</b> goes on: received WAL is
      applied, and cron copies the directories again.
    </>
  ),
  button: ({ hosts }) => `Resume on ${hosts.standby.name}`,
  kind: 'primary',
}
