import {
  bringReachBack,
  dropNewKey,
  endRotation,
  isExchangeSettled,
  isNewKeyPlaced,
  isRotationOver,
  keepReach,
  makeNewKey,
  placeNewKey,
  proveReading,
  putOldKeyBack,
  readNewKey,
  tryOldKeys,
} from '@/lib/commands/key-rotation'
import { anyValue, type RootForm, rootForm } from '@/lib/commands/root-rights'
import type { Sync } from '@/lib/commands/sync'
import { ensureKey, proveAccess, readKey, removeKey } from '@/lib/commands/sync-access'

const { mark } = anyValue

/** What is done as root with the key of the standby, its rotation too. authorized_keys are the login's own affair, on either host. */
export function keyForms(sync: Sync): readonly RootForm[] {
  const at = sync.places.standby
  const ids = sync.directories.map(({ id }) => id)
  return [
    rootForm('Makes the key of the file sync', ensureKey(at)),
    rootForm('Its public part', readKey(at)),
    rootForm('Removes it', removeKey(at)),
    rootForm('What the primary answers to it', proveAccess(sync)),
    rootForm('Makes a new key beside the one in place', makeNewKey(at, mark)),
    rootForm('Its public part', readNewKey(at, mark)),
    rootForm('Removes it', dropNewKey(at, mark)),
    rootForm('What the new key reads on the primary', proveReading(sync, mark)),
    rootForm('Puts the new key in the old one’s place', placeNewKey(at, mark)),
    rootForm('Whether it is in its place', isNewKeyPlaced(at, mark)),
    rootForm('Puts the old key back', putOldKeyBack(at, mark)),
    rootForm('Whether a copy may still sign in by the old key', isExchangeSettled(at, ids)),
    rootForm('Whether the primary lets an old key in', tryOldKeys(sync)),
    rootForm('Removes the old key', endRotation(at)),
    rootForm('Whether anything of it is left', isRotationOver(at)),
    rootForm('Keeps how the primary is reached', keepReach(at, mark)),
    rootForm('Brings that back', bringReachBack(at, mark)),
  ]
}
