import { TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { usePortalWords } from '../words/portal-words.ts'

export interface DeviceFacts {
  name: string
  site: string
  region: string
  country: string
  time_zone: string
  product_line: string
  model: string
}

export interface DeviceFieldsProps {
  /** `getInputProps` of the form that holds these facts. */
  readonly field: (name: keyof DeviceFacts) => GetInputPropsReturnType
  readonly readOnly: boolean
}

/** Facts that policy reads about a device. */
export const DeviceFields = ({ field, readOnly }: DeviceFieldsProps) => {
  const words = usePortalWords().devices
  return (
    <>
      <TextInput label={words.name} required disabled={readOnly} {...field('name')} />
      <TextInput label={words.site} description={words.siteHint} required disabled={readOnly} {...field('site')} />
      <TextInput label={words.region} description={words.regionHint} required disabled={readOnly} {...field('region')} />
      <TextInput label={words.country} description={words.countryHint} required maxLength={2} disabled={readOnly} {...field('country')} />
      <TextInput label={words.timeZone} description={words.timeZoneHint} required disabled={readOnly} {...field('time_zone')} />
      <TextInput label={words.productLine} description={words.productLineHint} required disabled={readOnly} {...field('product_line')} />
      <TextInput label={words.model} required disabled={readOnly} {...field('model')} />
    </>
  )
}
