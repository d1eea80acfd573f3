import type Provider from 'oidc-provider'
import type { Interaction } from './interaction-routes.ts'

/** What people call the application that asks. */
export async function clientNameOf(provider: Provider, interaction: Interaction): Promise<string> {
  const id = String(interaction.params['client_id'])
  return (await provider.Client.find(id))?.clientName ?? id
}
