import type { PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'

export const repairFilesDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Repair files of ${pair.slug}`,
  about: ({ hosts }) => (
    <>
      Files on <b className="font-semibold">{hosts.standby.name}</b> that differ from those on{' '}
      <b className="font-semibold">{hosts.primary.name}</b> although size and time are the same are pulled
      anew, and compared again. The plan names them. What is replaced goes to the bin.
    </>
  ),
  button: ({ hosts }) => `Repair them on ${hosts.standby.name}`,
  kind: 'primary',
}
