import type { PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'

export const rotateKeyDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Rotate the key of ${pair.slug}`,
  about: ({ hosts }) => (
    <>
      <b className="font-semibold">{hosts.standby.name}</b> gets a new key for copying files from{' '}
      <b className="font-semibold">{hosts.primary.name}</b>. It is proved before it takes the old one’s place;
      then the old one is let in no more. Copies go on meanwhile.
    </>
  ),
  button: ({ hosts }) => `Give ${hosts.standby.name} a new key`,
  kind: 'primary',
}
