import type { Me } from '../../../gateway/http-api/contract/me.ts'

type Role = Me['roles'][number]

const hasOne = (me: Me, ...roles: readonly Role[]): boolean => roles.some((role) => me.roles.includes(role))

export const canAdminister = (me: Me): boolean => hasOne(me, 'service_administrator')
export const canReadRecords = (me: Me): boolean => hasOne(me, 'service_administrator', 'auditor')
/** A customer's administrator has the machines of his own organisation. */
export const canReadDevices = (me: Me): boolean => canReadRecords(me) || hasOne(me, 'customer_administrator')
/** Whether and how somebody may come into a machine: its customer decides, and the service administration for him. */
export const canSwitchDevices = (me: Me): boolean => hasOne(me, 'service_administrator', 'customer_administrator')
export const canReadDecisions = (me: Me): boolean => hasOne(me, 'service_administrator', 'auditor', 'security_team')
export const seesAllSessions = (me: Me): boolean => hasOne(me, 'service_administrator', 'auditor', 'security_team')
export const answersGrants = (me: Me): boolean => hasOne(me, 'service_administrator', 'security_team', 'auditor', 'customer_administrator')
/** The policy: whoever may read decisions may read what decides. */
export const canReadPolicy = (me: Me): boolean => canReadDecisions(me)
export const canEditPolicy = (me: Me): boolean => hasOne(me, 'security_team')
export const isTechnician = (me: Me): boolean => hasOne(me, 'technician')
