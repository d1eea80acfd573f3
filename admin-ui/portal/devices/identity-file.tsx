import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Device, IssuedBundle } from '../../../gateway/http-api/contract/administration.ts'
import { Dialog } from '../../look/dialog.tsx'
import { formatDate } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'
import { identityWords } from '../words/identity-words.ts'
import { usePortalWords } from '../words/portal-words.ts'

type KeyType = 'ec-p256' | 'rsa-2048'
const keyTypes = ['ec-p256', 'rsa-2048'] as const

/** Key and certificate in one file, for a device that cannot enrol by itself. */
export const IdentityFile = ({ device }: { readonly device: Device }) => {
  const words = useWords(identityWords)
  const shared = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const form = useForm<{ keyType: KeyType; days: string }>({
    initialValues: { keyType: 'ec-p256', days: '' },
    validate: {
      days: (days) => (days === '' || (/^\d{1,3}$/u.test(days) && Number(days) >= 1 && Number(days) <= 825) ? null : words.daysHint),
    },
  })
  const issue = useMutation({
    mutationFn: ({ keyType, days }: { keyType: KeyType; days: string }) =>
      api.issueBundle(device.id, { key_type: keyType, ...(days === '' ? {} : { days: Number(days) }) }),
    onSuccess: () => {
      setAsking(false)
      void queries.invalidateQueries({ queryKey: ['device', device.id] })
    },
  })
  return (
    <>
      {issue.data === undefined ? null : <IssuedNote device={device} bundle={issue.data} />}
      <div>
        <Button variant="outline" onClick={() => setAsking(true)}>
          {words.make}
        </Button>
      </div>
      <Dialog opened={asking} onClose={() => setAsking(false)} title={words.title(device.name)} closeLabel={shared.close}>
        <form className="stack" noValidate onSubmit={form.onSubmit((values) => issue.mutate(values))}>
          <p>{words.text}</p>
          <NativeSelect
            label={words.keyType}
            data={keyTypes.map((value) => ({ value, label: words.keyTypes[value] }))}
            {...form.getInputProps('keyType')}
          />
          <TextInput label={words.days} description={words.daysHint} inputMode="numeric" {...form.getInputProps('days')} />
          <ProblemNote error={issue.error} />
          <div className="row">
            <Button variant="outline" onClick={() => setAsking(false)}>
              {shared.cancel}
            </Button>
            <Button type="submit" loading={issue.isPending}>
              {words.make}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}

const IssuedNote = ({ device, bundle }: { readonly device: Device; readonly bundle: IssuedBundle }) => {
  const words = useWords(identityWords)
  const { language } = useLanguage()
  const file = `${device.id}.p12`
  return (
    <ShownOnce
      title={words.passphraseTitle}
      text={words.passphraseText(device.name, formatDate(language, bundle.certificate_expires_at * 1000))}
      secret={bundle.passphrase}
      copyLabel={words.copyPassphrase}
    >
      <Button component="a" href={`data:application/x-pkcs12;base64,${bundle.pkcs12}`} download={file}>
        {words.download(file)}
      </Button>
    </ShownOnce>
  )
}
