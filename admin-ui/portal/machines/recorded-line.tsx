import { IconEye, IconEyeOff } from '@tabler/icons-react'
import type { MachineService } from '../../../gateway/http-api/contract/machines.ts'
import { useWords } from '../../words/language.tsx'
import { recordingWords } from '../words/recording-words.ts'

/** Whether the operator will see what the technician does there, before he asks. */
export const RecordedLine = ({ service }: { readonly service: MachineService }) => {
  const words = useWords(recordingWords)
  if (service.kind !== 'http') return null
  const Icon = service.recorded ? IconEye : IconEyeOff
  return (
    <span className="recorded-line quiet">
      <Icon size={18} aria-hidden="true" />
      {service.recorded ? (service.record_demanded ? words.demanded : words.recorded) : words.notRecorded}
    </span>
  )
}
