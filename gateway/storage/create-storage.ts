import type { Clock } from '../basics/clock.ts'
import type { Random } from '../basics/random.ts'
import type { Database } from '../database/database.ts'
import type { DecisionLog, DecisionLogReader } from '../decisions/decision-log.ts'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import type { DeviceStore } from '../devices/device-store.ts'
import type { EventLog } from '../ledger/event-log.ts'
import type { GrantRequestStore } from '../grants/grant-request-store.ts'
import type { DraftStore } from '../policies-admin/drafts/draft-store.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { EnrolmentStore } from '../pki/enrolment-store.ts'
import type { BundleStore } from '../pki/issue-bundle.ts'
import type { LateRenewalStore } from '../pki/late-renewal-store.ts'
import type { RecoveryKeyStore } from '../policies-admin/recovery/recovery-keys.ts'
import type { PolicyStore } from '../policies-admin/revisions/revision-store.ts'
import type { AccessOrigins } from '../proxy/ports.ts'
import type { RetentionStore } from '../retention/sweep-records.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import type { ReplayLog } from '../simulations/replay-log.ts'
import type { SignInStore } from '../sign-in/sign-in-store.ts'
import { createEventRecorder } from './event-recorder.ts'
import { createInstallationStore } from './installation-store.ts'
import type { InstallationStore } from './installation-store.ts'
import type { Schema } from './schema.ts'
import { createSqlAccessOrigins } from './sql-access-origins.ts'
import { createSqlDecisionLog } from './sql-decision-log.ts'
import { createSqlDeviceAdmission } from './sql-device-admission.ts'
import { createSqlDeviceStore } from './sql-device-store.ts'
import { createSqlDraftStore } from './sql-draft-store.ts'
import { createSqlEnrolmentStore } from './sql-enrolment-store.ts'
import type { EnrolmentOpening } from './sql-enrolment-store.ts'
import { createSqlEventLog } from './sql-event-log.ts'
import { createSqlGrantRequests } from './sql-grant-requests.ts'
import { createSqlLateRenewals } from './sql-late-renewals.ts'
import { createSqlPeopleStore } from './sql-people-store.ts'
import { createSqlPolicyStore } from './sql-policy-store.ts'
import { createSqlReplayLog } from './sql-replay-log.ts'
import { createSqlRecoveryKeys } from './sql-recovery-keys.ts'
import { createSqlRetention } from './sql-retention.ts'
import { createSqlSessionStore } from './sql-session-store.ts'
import { createSqlSignInStore } from './sql-sign-in-store.ts'
import type { StorageContext } from './storage-context.ts'

/** Every store port of the gateway. All of them resolve when what they did is durable. */
export interface Storage {
  readonly devices: DeviceStore
  readonly people: PeopleStore
  readonly sessions: SessionStore
  readonly signIns: SignInStore
  readonly events: EventLog
  readonly enrolments: EnrolmentStore & EnrolmentOpening & BundleStore
  readonly lateRenewals: LateRenewalStore
  readonly admission: DeviceAdmission
  readonly decisionLog: DecisionLog & DecisionLogReader
  readonly replayLog: ReplayLog
  readonly accessOrigins: AccessOrigins
  readonly grantRequests: GrantRequestStore
  readonly installation: InstallationStore
  readonly retention: RetentionStore
  readonly drafts: DraftStore
  readonly policies: PolicyStore
  readonly recoveryKeys: RecoveryKeyStore
}

/**
 * @param options.database opened with the `migrations` of this room
 * @param options.boot 32 hex, random for each start of the process: stands in every event
 */
export function createStorage(options: {
  readonly database: Database<Schema>
  readonly clock: Clock
  readonly random: Random
  readonly boot: string
}): Storage {
  const context: StorageContext = { database: options.database, record: createEventRecorder(options) }
  return {
    devices: createSqlDeviceStore(context),
    people: createSqlPeopleStore(context),
    sessions: createSqlSessionStore(context),
    signIns: createSqlSignInStore(context),
    events: createSqlEventLog(context),
    enrolments: createSqlEnrolmentStore(context),
    lateRenewals: createSqlLateRenewals(context),
    admission: createSqlDeviceAdmission(context),
    decisionLog: createSqlDecisionLog(context),
    replayLog: createSqlReplayLog(context),
    accessOrigins: createSqlAccessOrigins(context),
    grantRequests: createSqlGrantRequests(context),
    installation: createInstallationStore(context),
    retention: createSqlRetention(context),
    drafts: createSqlDraftStore(context),
    policies: createSqlPolicyStore(context),
    recoveryKeys: createSqlRecoveryKeys(context),
  }
}
