import { readFile } from 'node:fs/promises'
import type { Clock } from './basics/clock.ts'
import type { Logger } from './basics/logger.ts'
import type { Random } from './basics/random.ts'
import { followFeed } from './people/follow-feed.ts'
import { createIdpAdminClient } from './people/idp-admin-client.ts'
import { PeopleChanges } from './people/people-changes.ts'
import type { PeopleRoom } from './people/people-room.ts'
import { createPhotoCache } from './people/photo-cache.ts'
import type { GatewaySettings } from './settings/gateway-settings.ts'
import { openClientKey } from './sign-in/client-key.ts'
import { followPeople } from './sign-in/follow-people.ts'
import { createOidcClient } from './sign-in/oidc-client.ts'
import { createSignInPace } from './sign-in/sign-in-pace.ts'
import type { SignInRoom } from './sign-in/sign-in-room.ts'
import { sweepSignIns } from './sign-in/sweep-sign-ins.ts'
import type { Storage } from './storage/create-storage.ts'

/** Persons and who of them is signed in: the two rooms that follow the identity provider. */
export interface Identity {
  readonly people: PeopleRoom
  readonly peopleChanges: PeopleChanges
  readonly photos: ReturnType<typeof createPhotoCache>
  readonly signIns: SignInRoom
  close(): Promise<void>
}

export async function startIdentity(options: {
  readonly settings: GatewaySettings
  readonly storage: Storage
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}): Promise<Identity> {
  const { settings, storage, clock, random, logger } = options
  const idp = settings.identityProvider
  const token = (await readFile(idp.adminTokenFile, 'utf8')).trim()
  const provider = createIdpAdminClient({ issuer: idp.issuer, socket: idp.adminSocket, token })
  const peopleChanges = new PeopleChanges()
  const people: PeopleRoom = {
    store: storage.people,
    provider,
    changes: peopleChanges,
    clock,
    random,
    logger: logger.child({ room: 'people' }),
  }
  const signIns: SignInRoom = {
    store: storage.signIns,
    people: storage.people,
    events: storage.events,
    client: createOidcClient({
      issuer: idp.issuer,
      clientId: idp.clientId,
      privateKey: (await openClientKey(settings.dataDir)).privateKey,
      redirectUri: `${settings.portalOrigin}/auth/callback`,
      postLogoutRedirectUri: `${settings.portalOrigin}/signed-out`,
      stepUpAcrValues: idp.stepUpAcrValues,
      socket: idp.socket,
      allowHttp: settings.demo,
    }),
    issuer: idp.issuer,
    clock,
    random,
    logger: logger.child({ room: 'sign-in' }),
    pace: createSignInPace(clock),
    settings: settings.signIn,
  }
  const offPeople = followPeople(signIns, peopleChanges)
  const stopSweeping = sweepSignIns(signIns)
  const feedEnd = new AbortController()
  const feed = followFeed(people, feedEnd.signal)
  return {
    people,
    peopleChanges,
    photos: createPhotoCache(provider),
    signIns,
    async close() {
      offPeople()
      stopSweeping()
      feedEnd.abort()
      await feed
    },
  }
}
