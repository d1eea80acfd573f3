import { registerRecoveryKey, type RecoveryKey } from '../../policies-admin/recovery/recovery-keys.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { newRecoveryKey, recoveryKey, recoveryKeyList, type RecoveryKeyList } from '../contract/policy-activation.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { named, namePeople, type NamesOf } from '../views/name-people.ts'

/** The public halves of the keys with which two administrators bring a policy back when none is left (`sallyport recover-policy`). */
export function recoveryKeyRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const signedIn = requireSignIn(ports)
  const tags = ['policy']
  const present = (key: RecoveryKey, names: NamesOf): RecoveryKeyList['items'][number] => ({
    person: named(names, key.personId),
    fingerprint: key.fingerprint,
    registered_ms: key.registeredAt,
  })

  app.get(
    '/api/v1/policy/recovery-keys',
    {
      onRequest: [signedIn, requireRole('service_administrator', 'auditor', 'security_team')],
      schema: { tags, summary: 'Whose recovery keys are registered', response: { 200: recoveryKeyList } },
    },
    async () => {
      const keys = await ports.recoveryKeys.list()
      const names = await namePeople(
        ports,
        keys.map(({ personId }) => personId),
      )
      return { items: keys.map((key) => present(key, names)) }
    },
  )

  app.put(
    '/api/v1/policy/recovery-keys/mine',
    {
      onRequest: [signedIn, requireRole('service_administrator')],
      schema: { tags, summary: 'Register the public half of one’s own recovery key', body: newRecoveryKey, response: { 200: recoveryKey } },
    },
    async (request) => {
      const { person } = whoAsks(request)
      const order = { person: person.id, publicKeyPem: request.body.public_key_pem }
      const key = await registerRecoveryKey(ports.policies, ports.recoveryKeys, order)
      return present(key, await namePeople(ports, [person.id]))
    },
  )
}
