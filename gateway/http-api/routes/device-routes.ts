import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import type { DeviceId, OrganisationId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { actOnDevice, changeDevice, createDevice, demandDevice, type DeviceAct, type DeviceRoom } from '../../devices/administer-device.ts'
import { administrator, type NewEvent } from '../../ledger/event.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { changeDevice as changeSchema, deviceAct, deviceQuery, newDevice } from '../contract/administration.ts'
import {
  confirmEnrolment,
  createdDevice,
  decideRenewal,
  device as deviceSchema,
  devicePage,
  issuedBundle,
  openedEnrolment,
  orderBundle,
} from '../contract/device-answers.ts'
import { deviceId } from '../contract/building-blocks.ts'
import { demandOwnChange, devicesOf } from '../customer-devices.ts'
import { demandOrganisation } from '../demand-organisation.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentDevice, presentDevices } from '../views/present-device.ts'

export function deviceRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const signedIn = requireSignIn(ports)
  const read = [signedIn, requireRole('service_administrator', 'auditor', 'customer_administrator')]
  const write = [signedIn, requireRole('service_administrator')]
  const params = z.object({ id: deviceId })
  const tags = ['devices']
  const { devices: store, deviceChanges: changes } = ports.sessions.ports
  const room: DeviceRoom = { store, changes, clock: ports.clock }
  const find = (id: string, scope = wholeInstallation) => demandDevice(room, scope, id as DeviceId)
  const enrolmentOpened = (id: DeviceId, actor: NewEvent['actor']): NewEvent[] => [
    { log: { kind: 'g', device: id }, type: 'enrolment.opened', session: null, actor, detail: {} },
  ]

  app.get(
    '/api/v1/devices',
    { onRequest: read, schema: { tags, summary: 'All devices', querystring: deviceQuery, response: { 200: devicePage } } },
    async (request) => {
      const { search, region, status, limit, after } = request.query
      const scope = devicesOf(whoAsks(request).person)
      const found = await store.list(scope, { search, region, status }, { limit, after: after ?? null })
      return { items: await presentDevices(ports, found.items), next: found.next }
    },
  )

  app.post(
    '/api/v1/devices',
    {
      onRequest: write,
      schema: {
        tags,
        summary: 'Register a device; its one-time password is shown once',
        body: newDevice,
        response: { 201: createdDevice },
      },
    },
    async (request, reply) => {
      const actor = administrator(whoAsks(request).person.id)
      const { id, organisation, time_zone: timeZone, product_line: productLine, ...facts } = request.body
      const organisationId = organisation as OrganisationId
      await demandOrganisation(ports, organisationId)
      const device = await createDevice(room, { ...facts, id: id as DeviceId, organisationId, timeZone, productLine }, actor)
      const password = await ports.enrolments.open(device.id, enrolmentOpened(device.id, actor))
      return reply
        .code(201)
        .send({ device: await presentDevice(ports, device), enrolment_password: password, gateway: ports.settings.agents })
    },
  )

  app.get(
    '/api/v1/devices/:id',
    { onRequest: read, schema: { tags, summary: 'One device', params, response: { 200: deviceSchema } } },
    async (request) => presentDevice(ports, await find(request.params.id, devicesOf(whoAsks(request).person))),
  )

  app.patch(
    '/api/v1/devices/:id',
    {
      onRequest: [signedIn, requireRole('service_administrator', 'customer_administrator')],
      schema: {
        tags,
        summary: 'Change a device (a customer: its switches, modes and recording); sessions on it are decided anew at once',
        params,
        body: changeSchema,
        response: { 200: deviceSchema },
      },
    },
    async (request) => {
      const { version, time_zone: timeZone, product_line: productLine, remote_allowed: remoteAllowed, ...others } = request.body
      const { attended_only: attendedOnly, ...change } = others
      const facts = {
        ...change,
        ...(timeZone === undefined ? {} : { timeZone }),
        ...(productLine === undefined ? {} : { productLine }),
        ...(remoteAllowed === undefined ? {} : { remoteAllowed }),
        ...(attendedOnly === undefined ? {} : { attendedOnly }),
      }
      const id = request.params.id as DeviceId
      const { person } = whoAsks(request)
      demandOwnChange(person, facts)
      return presentDevice(ports, await changeDevice(room, devicesOf(person), id, version, facts, administrator(person.id)))
    },
  )

  for (const act of ['suspend', 'resume', 'revoke'] as const satisfies readonly DeviceAct[]) {
    app.post(
      `/api/v1/devices/:id/${act}`,
      {
        onRequest: write,
        schema: {
          tags,
          summary: `${act[0]?.toUpperCase()}${act.slice(1)} a device; a live tunnel is cut at once`,
          params,
          body: deviceAct,
          response: { 200: deviceSchema },
        },
      },
      async (request) => {
        const { id } = request.params
        const { reason } = request.body
        const device = await actOnDevice(room, wholeInstallation, id as DeviceId, act, reason, administrator(whoAsks(request).person.id))
        if (device.status === 'revoked' || device.status === 'suspended') ports.tunnels.disconnect(device.id, device.status)
        return presentDevice(ports, device)
      },
    )
  }

  app.post(
    '/api/v1/devices/:id/enrolment/confirm',
    {
      onRequest: write,
      schema: { tags, summary: 'The machine’s panel shows the same code', params, body: confirmEnrolment, response: { 200: deviceSchema } },
    },
    async (request) => {
      const device = await find(request.params.id)
      const actor = administrator(whoAsks(request).person.id)
      const { code } = request.body
      await ports.enrolments.confirm(device.id, code, [
        { log: { kind: 'g', device: device.id }, type: 'enrolment.confirmed', session: null, actor, detail: { code } },
      ])
      return presentDevice(ports, device)
    },
  )

  app.post(
    '/api/v1/devices/:id/bundle',
    {
      onRequest: write,
      schema: {
        tags,
        summary: 'An identity for a device of another maker, as PKCS#12; the key is made here and not kept',
        params,
        body: orderBundle,
        response: { 201: issuedBundle },
      },
    },
    async (request, reply) => {
      const device = await find(request.params.id)
      const { key_type: keyType, days = ports.settings.deviceCertificateDays } = request.body
      const bundle = await ports.bundles.issue(device.id, { keyType, days }, administrator(whoAsks(request).person.id))
      changes.tell(device.id)
      return reply.code(201).send({
        pkcs12: bundle.pkcs12.toString('base64'),
        passphrase: bundle.passphrase,
        certificate_expires_at: Math.floor(bundle.certificate.notAfter / 1000),
        gateway: ports.settings.agents,
      })
    },
  )

  for (const [decision, standing] of [
    ['confirm', 'confirmed'],
    ['refuse', 'refused'],
  ] as const) {
    app.post(
      `/api/v1/devices/:id/renewal/${decision}`,
      {
        onRequest: write,
        schema: {
          tags,
          summary: `${decision === 'confirm' ? 'Agree to' : 'Refuse'} another certificate for a machine whose own has ended`,
          params,
          body: decideRenewal,
          response: { 200: deviceSchema },
        },
      },
      async (request) => {
        const device = await find(request.params.id)
        const actor = administrator(whoAsks(request).person.id)
        await ports.lateRenewals.decide(device.id, request.body.public_key, standing, actor)
        changes.tell(device.id)
        return presentDevice(ports, device)
      },
    )
  }

  app.post(
    '/api/v1/devices/:id/enrolment',
    {
      onRequest: write,
      schema: { tags, summary: 'A new one-time password; it voids the one before and unlocks', params, response: { 200: openedEnrolment } },
    },
    async (request) => {
      const device = await find(request.params.id)
      if (device.status === 'revoked')
        throw new CodedError({ code: 'wrong_state', message: `${device.name} is revoked for good.`, remedy: 'conflict' })
      return {
        enrolment_password: await ports.enrolments.open(device.id, enrolmentOpened(device.id, administrator(whoAsks(request).person.id))),
        gateway: ports.settings.agents,
      }
    },
  )
}
