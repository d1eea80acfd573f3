import { Command } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { isCodedError } from '../basics/coded-error.ts'
import { createApiClient } from './client/api-client.ts'
import { readCredentials, removeCredentials } from './client/credentials.ts'

/** Ends this command line's sign-in at the gateway, then forgets it here. The browser stays signed in. */
export const logoutCommand = (): Command =>
  new Command('logout').description('sign this command line out').action(async () => {
    try {
      const credentials = await readCredentials(process.env, systemClock.nowS())
      await createApiClient(credentials).post('/api/v1/sign-out')
    } catch (error) {
      if (!isCodedError(error) || error.remedy !== 'sign_in') throw error
    }
    await removeCredentials(process.env)
    process.stdout.write('Signed out.\n')
  })
