import type { ActionGround, ActionRule, Permission } from '@/lib/domain/actions/action'
import { adoptAction } from '@/lib/domain/actions/adopt'
import { changeSettingsAction } from '@/lib/domain/actions/change-settings'
import { createAction } from '@/lib/domain/actions/create'
import { drillAction } from '@/lib/domain/actions/drill'
import { fenceAction } from '@/lib/domain/actions/fence'
import { closedWhileObserved } from '@/lib/domain/actions/observed'
import { pauseAction } from '@/lib/domain/actions/pause'
import { promoteAction } from '@/lib/domain/actions/promote'
import { rePairAction } from '@/lib/domain/actions/re-pair'
import { repairFilesAction } from '@/lib/domain/actions/repair-files'
import { resumeAction } from '@/lib/domain/actions/resume'
import { switchoverAction } from '@/lib/domain/actions/switchover'
import { syncAction } from '@/lib/domain/actions/sync'
import { unpairAction } from '@/lib/domain/actions/unpair'
import type { BesideKind } from '@/lib/domain/operation-state'
import { type ActionId, actionIds } from '@/lib/domain/states'

export const actionRules: Readonly<Record<ActionId, ActionRule>> = {
  create: createAction,
  adopt: adoptAction,
  promote: promoteAction,
  switchover: switchoverAction,
  fence: fenceAction,
  're-pair': rePairAction,
  pause: pauseAction,
  resume: resumeAction,
  'change-settings': changeSettingsAction,
  unpair: unpairAction,
  drill: drillAction,
  sync: syncAction,
  'repair-files': repairFilesAction,
}

/** None of them changes what the pair is, so that its state stays open; but one operation at a time has its hosts. */
const atWork: Readonly<Record<BesideKind, string>> = {
  drill: 'A drill runs on the standby: cancel it first, its copy is removed within moments.',
  sync: 'Files are being copied on somebody’s word: let that end, or cancel it first, which takes moments.',
  'repair-files': 'Files are being repaired: let that end, or cancel it first, which takes moments.',
}

/**
 * Whether an action is open now, or why not. Null stands for a pair that has not been observed yet. The table decides first, then
 * whether the pair is Understudy's own, then what else the action's rule asks.
 */
export function canDo(action: ActionId, ground: ActionGround | null): Permission {
  if (!ground) return { allowed: false, reason: 'The pair has not been looked at yet: wait a moment.' }
  const { byState, unless } = actionRules[action]
  const entry = byState[ground.state]
  if (entry !== 'open') return { allowed: false, reason: entry.closed }
  if (ground.beside) return { allowed: false, reason: atWork[ground.beside] }
  const observed = ground.observed ? closedWhileObserved(action, ground.observed) : null
  const reason = observed ?? unless(ground)
  return reason === null ? { allowed: true } : { allowed: false, reason }
}

/** Every action with its permission, as `PairView.actions` shows it. */
export function listActions(ground: ActionGround | null) {
  return actionIds.map((action) => {
    const permission = canDo(action, ground)
    return permission.allowed
      ? { action, allowed: true as const, reason: '' }
      : { action, allowed: false as const, reason: permission.reason }
  })
}
