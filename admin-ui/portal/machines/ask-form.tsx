import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import type { Machine } from '../../../gateway/http-api/contract/machines.ts'
import { newSession } from '../../../gateway/http-api/contract/new-session.ts'
import type { NewSession } from '../../../gateway/http-api/contract/new-session.ts'
import { formatClock, formatDuration } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { formProblems } from '../parts/form-problems.ts'
import { useMe } from '../parts/me-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { helpWords } from '../words/help-words.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { forgetRequest, keptRequest, useKeptRequest } from './kept-request.ts'
import { RecordedLine } from './recorded-line.tsx'
import { PanelPreview } from './panel-preview.tsx'

interface AskValues {
  purpose: string
  ticket: string
  services: string[]
  duration_s: string
}

const durations = [15, 30, 60, 120, 240, 480].map((minutes) => minutes * 60)
const usualDurationS = 3600

/** The choices within what policy allows for every service that can be asked for. */
const durationsFor = (machine: Machine): readonly number[] => {
  const limits = machine.services.filter((service) => service.can_request).map((service) => service.max_duration_s ?? Infinity)
  const longest = Math.max(60, ...limits)
  const fitting = durations.filter((seconds) => seconds <= longest)
  return fitting.includes(longest) || longest > 480 * 60 ? fitting : [...fitting, longest]
}

export const AskForm = ({ machine }: { readonly machine: Machine }) => {
  const words = usePortalWords()
  const help = useWords(helpWords)
  const { language } = useLanguage()
  const api = useApi()
  const [, navigate] = useLocation()
  const [params] = useSearchParams()
  const offered = machine.services.filter((service) => service.can_request)
  const choices = durationsFor(machine)
  // A call is taken as it was made; one that is over is asked for like anything else.
  const call = machine.help !== null && machine.help.id === params.get('help') ? machine.help : null
  const called = offered.filter(({ name }) => call?.services.some((service) => service.name === name) === true)
  const choosable = call === null ? offered : called
  const first = offered.find((service) => service.name === params.get('service')) ?? offered[0]
  const bodyOf = (values: AskValues): NewSession => ({
    machine: machine.id,
    services: values.services,
    help: call?.id ?? null,
    purpose: values.purpose,
    ticket: values.ticket.trim() === '' ? null : values.ticket,
    duration_s: Number(values.duration_s),
  })
  const fresh: AskValues = {
    purpose: call?.what ?? '',
    ticket: call?.ticket ?? '',
    services: call !== null ? called.map(({ name }) => name) : first === undefined ? [] : [first.name],
    duration_s: String(choices.includes(usualDurationS) ? usualDurationS : (choices[0] ?? usualDurationS)),
  }
  const me = useMe()
  const [kept] = useState(() => keptRequest(me.id, machine.id, fresh))
  const form = useForm<AskValues>({
    initialValues:
      kept === null ? fresh : { ...kept, services: kept.services.filter((name) => choosable.some((one) => one.name === name)) },
    validate: (values) => formProblems(newSession, bodyOf(values), words.fieldProblems),
  })
  const ask = useMutation({
    mutationFn: (values: AskValues) => api.ask(bodyOf(values)),
    onSuccess: (session) => {
      forgetRequest(me.id, machine.id)
      navigate(`/sessions/${session.id}`)
    },
  })
  useKeptRequest(me.id, machine.id, { values: form.values, refused: ask.isError })
  const [only, ...others] = form.values.services
  const about = only === undefined || others.length > 0 ? undefined : { machine: machine.id, service: only }
  if (choosable.length === 0) return <p>{words.ask.nothing}</p>
  return (
    <div className="two">
      <form className="stack" noValidate onSubmit={form.onSubmit((values) => ask.mutate(values))}>
        <Textarea
          label={words.ask.purpose}
          description={words.ask.purposeHint}
          required
          maxLength={500}
          {...form.getInputProps('purpose')}
        />
        <TextInput label={words.ask.ticket} maxLength={64} {...form.getInputProps('ticket')} />
        <Checkbox.Group label={words.ask.services} size="lg" {...form.getInputProps('services')}>
          <div className="checks">
            {choosable.map((service) => (
              <Checkbox
                key={service.name}
                value={service.name}
                label={service.title}
                description={<RecordedLine service={service} />}
                size="lg"
              />
            ))}
          </div>
        </Checkbox.Group>
        <NativeSelect
          label={words.ask.duration}
          description={words.ask.durationHint}
          data={choices.map((seconds) => ({ value: String(seconds), label: formatDuration(seconds) }))}
          {...form.getInputProps('duration_s')}
        />
        <ProblemNote error={ask.error} about={about} timeZone={machine.time_zone} />
        {call === null ? null : (
          <p>{call.lets_in_until === null ? help.pressed : help.letsIn(formatClock(language, call.lets_in_until * 1000))}</p>
        )}
        <Button type="submit" loading={ask.isPending}>
          {call === null ? words.ask.submit : help.take}
        </Button>
      </form>
      <PanelPreview
        values={bodyOf(form.values)}
        services={offered.filter((service) => form.values.services.includes(service.name)).map((service) => service.title)}
      />
    </div>
  )
}
