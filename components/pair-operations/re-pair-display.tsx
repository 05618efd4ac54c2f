import type { PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'

export const rePairDisplay: PairOperationDisplay = {
  titleOf: ({ hosts }) => `Make ${hosts.standby.name} a standby again`,
  about: ({ hosts }) => (
    <>
      <b className="font-semibold">{hosts.standby.name}</b> follows {hosts.primary.name} again, by the
      cheapest way that is enough; the check “The way” says which, and why. What it has beyond{' '}
      {hosts.primary.name} is kept aside. {hosts.primary.name} goes on serving.
    </>
  ),
  button: ({ hosts }) => `Make ${hosts.standby.name} a standby again`,
  kind: 'primary',
}
