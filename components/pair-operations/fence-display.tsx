import type { PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'

export const fenceDisplay: PairOperationDisplay = {
  titleOf: ({ hosts }) => `Fence ${hosts.standby.name}`,
  about: ({ hosts }) => (
    <>
      PostgreSQL and the application on <b className="font-semibold">{hosts.standby.name}</b> are stopped, and
      it comes up read-only even by hand or after a reboot. {hosts.primary.name} is not touched.
    </>
  ),
  button: ({ hosts }) => `Fence ${hosts.standby.name}`,
  kind: 'danger',
}
