import { describe, expect, test } from 'vitest'
import { startLab } from '@/lab/lab'
import { suites } from '@/lab/layouts'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { openLabPair } from '@/test/harness/lab-pair'

describe.each(['bullseye', 'trixie'] as const)('on Debian %s', (suite) => {
  test(`a standby of PostgreSQL ${suites[suite]} is created by the same profile, its unit found by the process`, async () => {
    const lab = await startLab({ suites: [suite, suite] })
    const pair = await openLabPair(lab)
    const ground = await createGround(lab, pair)
    const failed = ground.plan.preflight.filter(({ outcome }) => outcome === 'fail')
    expect(failed).toEqual([])
    expect(JSON.stringify(ground.plan.steps)).toContain(
      `systemctl stop -- postgresql@${suites[suite]}-main.service`,
    )
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
    await pair.close()
    await lab.down()
  })
})
