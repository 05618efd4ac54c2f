import type { PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'

export const switchoverDisplay: PairOperationDisplay = {
  titleOf: ({ hosts }) => `Switch over to ${hosts.standby.name}`,
  about: ({ hosts }) => (
    <>
      <b className="font-semibold">{hosts.standby.name}</b> becomes the primary and {hosts.primary.name} its
      standby: database, application and files together, and nothing is lost. The application is interrupted
      while it moves. What fails before the promotion is taken back by itself.
    </>
  ),
  button: ({ hosts }) => `Switch over to ${hosts.standby.name}`,
  kind: 'danger',
}
