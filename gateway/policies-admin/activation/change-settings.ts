import type { PersonId } from '../../basics/ids.ts'
import { administrator } from '../../ledger/event.ts'
import type { PolicyRoom } from './policy-room.ts'
import { firstTeamSettings, isLooser, type TeamSettings } from './policy-settings.ts'
import { secondPerson, type Waiting } from './second-person.ts'

export interface SettingsOrder {
  readonly settings: TeamSettings
  readonly by: PersonId
  readonly comment: string
}

/** Stricter at once; looser, with four eyes, when a second person asks for the same. @throws CodedError `stale_version` */
export function changeSettings(room: PolicyRoom, order: SettingsOrder): Promise<{ readonly settings: TeamSettings } | Waiting> {
  return room.inTurn(async () => {
    const { teamSettings, store, organisation, fourEyes } = room.ports
    const { settings, by, comment } = order
    const known = await teamSettings.read()
    const now = known?.value ?? firstTeamSettings
    let approvedBy: PersonId | null = null
    if (fourEyes && isLooser(settings, now)) {
      const second = await secondPerson(room, {
        what: 'settings',
        by,
        step: { coverage_percent: settings.coveragePercent, denied_percent: settings.deniedPercent },
        comment,
      })
      if ('waiting' in second) return second
      approvedBy = second.first
    }
    await teamSettings.write(settings, known?.version ?? 0, [
      {
        log: { kind: 'o', organisation },
        type: 'policy.settings_changed',
        session: null,
        actor: administrator(by),
        detail: {
          coverage_percent: settings.coveragePercent,
          denied_percent: settings.deniedPercent,
          with_second_person: approvedBy !== null,
          comment,
        },
      },
    ])
    await store.dropWaitingStep('settings')
    room.tell({ what: 'settings', by })
    return { settings }
  })
}
