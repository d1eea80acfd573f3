import type { Device } from '../../gateway/http-api/contract/administration.ts'
import type { MachineService } from '../../gateway/http-api/contract/machines.ts'

/** A service as a technician sees it. */
export const serviceOf = (
  name: string,
  title: string,
  kind: MachineService['kind'],
  denials: MachineService['denials'] = [],
): MachineService => ({
  name,
  title,
  kind,
  enabled: !denials.some(({ code }) => code === 'switch_off'),
  recorded: kind === 'http',
  record_demanded: false,
  can_request: denials.length === 0,
  denials,
  missing: denials.length === 0 ? ['customer_approval'] : [],
  max_duration_s: 4 * 3600,
})

/** The same as its administrators see it. */
export const deviceServiceOf = ({ name, title, kind }: MachineService): Device['services'][number] => ({
  name,
  title,
  kind,
  enabled_at_machine: name !== 'shell',
  enabled: name !== 'shell',
  recorded_at_machine: kind === 'http',
  mode: name === 'shell' ? 'attended' : 'reconnect',
  attended_only: false,
  recording: 'mask_all',
})
