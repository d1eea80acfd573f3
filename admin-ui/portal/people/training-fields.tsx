import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { usePortalWords } from '../words/portal-words.ts'
import type { PersonForm } from './person-fields.tsx'

const inOneYear = (): string => new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10)

/** Trainings: one line each, with the last day on which it counts. */
export const TrainingFields = ({ form, readOnly }: { readonly form: PersonForm; readonly readOnly: boolean }) => {
  const words = usePortalWords().people
  return (
    <fieldset className="group">
      <legend>{words.trainings}</legend>
      {form.values.trainings.length === 0 ? <p className="quiet">{words.noTrainings}</p> : null}
      {form.values.trainings.map((training, index) => (
        <div key={training.key} className="training">
          <TextInput label={words.productLine} disabled={readOnly} {...form.getInputProps(`trainings.${index}.product_line`)} />
          <NativeSelect
            label={words.level}
            data={['1', '2', '3']}
            disabled={readOnly}
            {...form.getInputProps(`trainings.${index}.level`)}
          />
          <TextInput type="date" label={words.validUntil} disabled={readOnly} {...form.getInputProps(`trainings.${index}.until`)} />
          {readOnly ? null : (
            <ActionIcon
              color="danger"
              aria-label={words.removeTraining(training.product_line === '' ? words.thisTraining : training.product_line)}
              onClick={() => form.removeListItem('trainings', index)}
            >
              <IconTrash size={22} aria-hidden="true" />
            </ActionIcon>
          )}
        </div>
      ))}
      {readOnly ? null : (
        <Button
          variant="light"
          leftSection={<IconPlus size={20} aria-hidden="true" />}
          onClick={() => form.insertListItem('trainings', { key: crypto.randomUUID(), product_line: '', level: '1', until: inOneYear() })}
        >
          {words.addTraining}
        </Button>
      )}
    </fieldset>
  )
}
