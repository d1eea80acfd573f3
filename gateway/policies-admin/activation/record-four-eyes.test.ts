import { expect, it } from 'vitest'
import { organisationId, storeExamples } from '../../storage/testing/example-records.ts'
import { temporaryStorage } from '../../storage/testing/temporary-storage.ts'
import { recordFourEyes } from './record-four-eyes.ts'

it('is in the log each time when four eyes were switched off or on again, and not at every start', async () => {
  const { storage, close } = await temporaryStorage()
  await storeExamples(storage)
  const { installation, events } = storage
  const start = (on: boolean) =>
    recordFourEyes(
      {
        read: () => installation.get('policy_four_eyes'),
        write: (value, version, recorded) => installation.put('policy_four_eyes', value, version, recorded),
      },
      { on, organisation: organisationId('north') },
    )
  const recorded = async () =>
    (await events.list({ kind: 'installation' }, { type: 'policy.four_eyes_changed' }, { limit: 10, after: null })).items.map(
      ({ detail }) => detail,
    )
  await start(true)
  expect(await recorded()).toEqual([])
  for (const on of [false, false, true, true, false]) await start(on)
  expect((await recorded()).toReversed()).toEqual([{ on: false }, { on: true }, { on: false }])
  await close()
})
