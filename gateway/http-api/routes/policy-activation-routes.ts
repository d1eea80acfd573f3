import { z } from 'zod'
import { activateRevision as activate } from '../../policies-admin/activation/activate-revision.ts'
import { changeSettings } from '../../policies-admin/activation/change-settings.ts'
import { firstTeamSettings } from '../../policies-admin/activation/policy-settings.ts'
import { earlierPolicies, loneStepBack, rollBack } from '../../policies-admin/activation/roll-back.ts'
import { waitingSteps } from '../../policies-admin/activation/second-person.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import {
  activateRevision,
  activated,
  activationPage,
  activationQuery,
  changePolicySettings,
  policyStatus,
  rollBack as rollBackBody,
  settingsAnswer,
  waitingAnswer,
} from '../contract/policy-activation.ts'
import { revisionDigest } from '../contract/policy-revisions.ts'
import { atAnyClient, requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { namePeople } from '../views/name-people.ts'
import { presentCanary } from '../views/present-canary.ts'
import { namesInActivations, presentActivation, presentServing, presentWaiting } from '../views/present-policy.ts'

/** Which policy decides, and who changes that. */
export function policyActivationRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const room = ports.policies
  const signedIn = requireSignIn(ports)
  const read = [signedIn, atAnyClient(requireRole('security_team', 'auditor', 'service_administrator'))]
  const change = [signedIn, atAnyClient(requireRole('security_team'))]
  const tags = ['policy']

  const settingsNow = async () => {
    const { coveragePercent, deniedPercent } = (await room.ports.teamSettings.read())?.value ?? firstTeamSettings
    return { four_eyes: room.ports.fourEyes, coverage_percent: coveragePercent, denied_percent: deniedPercent }
  }

  app.get(
    '/api/v1/policy/status',
    { onRequest: read, schema: { tags, summary: 'Which policy decides, since when, and what is wrong', response: { 200: policyStatus } } },
    async () => {
      const { active, alarms } = room
      const { running } = ports.canary
      const [before, alone, waiting, settings, serving] = await Promise.all([
        earlierPolicies(room),
        loneStepBack(room),
        waitingSteps(room),
        settingsNow(),
        room.ports.serving(),
      ])
      const names = await namePeople(ports, [active?.by ?? null, running?.by ?? null, ...waiting.map(({ by }) => by)])
      return {
        active:
          active === null
            ? null
            : {
                revision: active.revision,
                sequence: active.sequence,
                by: names(active.by),
                comment: active.comment,
                since_ms: active.since,
              },
        serving: serving.map(presentServing),
        predecessor: active === null ? null : (before[0] ?? null),
        alone: room.ports.fourEyes ? alone : (before[0] ?? null),
        alarms: alarms.map(({ code, message, since }) => ({ code, message, since_ms: since })),
        settings,
        waiting: waiting.map((step) => presentWaiting(step, names)),
        canary: running === null ? null : presentCanary(running, names),
        compiler: room.ports.judge === null ? null : { version: room.ports.judge.version },
      }
    },
  )

  app.get(
    '/api/v1/policy/activations',
    {
      onRequest: read,
      schema: { tags, summary: 'What decided when, newest first', querystring: activationQuery, response: { 200: activationPage } },
    },
    async (request) => {
      const { limit, after } = request.query
      const found = await room.ports.store.listActivations({}, { limit, after: after ?? null })
      const names = await namesInActivations(ports, found.items)
      return { items: found.items.map((item) => presentActivation(item, names)), next: found.next }
    },
  )

  app.post(
    '/api/v1/policy/revisions/:revision/activate',
    {
      onRequest: change,
      schema: {
        tags,
        summary: 'Make this revision the one that decides',
        params: z.object({ revision: revisionDigest }),
        body: activateRevision,
        response: { 200: activated },
      },
    },
    async (request) => {
      const { revision } = request.params
      const { expected_active, comment, confirm_denied } = request.body
      const by = whoAsks(request).person.id
      const done = await activate(room, { revision, by, expectedActive: expected_active, comment, confirmDenied: confirm_denied })
      return { sequence: done.sequence, revision, ended_sessions: done.endedSessions }
    },
  )

  app.post(
    '/api/v1/policy/rollback',
    {
      onRequest: change,
      schema: {
        tags,
        summary: 'Go back to an earlier revision',
        body: rollBackBody,
        response: { 200: activated, 202: waitingAnswer },
      },
    },
    async (request, reply) => {
      const { to, expected_active, comment } = request.body
      const by = whoAsks(request).person.id
      const done = await rollBack(room, { to, by, expectedActive: expected_active, comment })
      if ('waiting' in done) return reply.code(202).send({ waiting: presentWaiting(done.waiting, await namePeople(ports, [by])) })
      return reply.code(200).send({ sequence: done.sequence, revision: done.revision, ended_sessions: done.endedSessions })
    },
  )

  app.put(
    '/api/v1/policy/settings',
    {
      onRequest: [signedIn, requireRole('security_team')],
      schema: {
        tags,
        summary: 'What the team demands of its policies',
        body: changePolicySettings,
        response: { 200: settingsAnswer, 202: waitingAnswer },
      },
    },
    async (request, reply) => {
      const { coverage_percent, denied_percent, comment } = request.body
      const by = whoAsks(request).person.id
      const settings = { coveragePercent: coverage_percent, deniedPercent: denied_percent }
      const done = await changeSettings(room, { settings, by, comment })
      if ('waiting' in done) return reply.code(202).send({ waiting: presentWaiting(done.waiting, await namePeople(ports, [by])) })
      return reply.code(200).send({ settings: await settingsNow() })
    },
  )
}
