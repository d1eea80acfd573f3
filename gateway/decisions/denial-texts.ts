import type { DenialCode, MissingCode } from './denial-codes.ts'

export type DenialLanguage = 'de' | 'en'

export interface DenialText {
  /** What stands against it. */
  readonly reason: string
  /** What would remove it, and who can do that. */
  readonly remedy: string
}

type InBoth<T> = Readonly<Record<DenialLanguage, T>>

const text = (de: DenialText, en: DenialText): InBoth<DenialText> => ({ de, en })

/** Pure data, read by the gateway and by the pages alike. */
export const denialTexts: Readonly<Record<DenialCode, InBoth<DenialText>>> = {
  unknown_action: text(
    { reason: 'Die Zugriffsregeln kennen diese Aktion nicht.', remedy: 'Das Sicherheitsteam muss sie in die Regeln aufnehmen.' },
    { reason: 'The access rules do not know this action.', remedy: 'The security team has to add it to the rules.' },
  ),
  facts_incomplete: text(
    {
      reason: 'Es liegen nicht genug Angaben vor, um dies zu erlauben.',
      remedy: 'Die Serviceverwaltung muss die Angaben zu Person und Maschine vervollständigen.',
    },
    {
      reason: 'Not enough is known to allow this.',
      remedy: 'The service administration has to complete what is known about the person and the machine.',
    },
  ),
  account_disabled: text(
    { reason: 'Das Konto ist gesperrt.', remedy: 'Die Serviceverwaltung kann es wieder freigeben.' },
    { reason: 'The account is disabled.', remedy: 'The service administration can enable it again.' },
  ),
  outside_region: text(
    { reason: 'Die Maschine liegt außerhalb der eigenen Regionen.', remedy: 'Die Serviceverwaltung kann die Region zuordnen.' },
    { reason: 'The machine is outside of the assigned regions.', remedy: 'The service administration can assign the region.' },
  ),
  no_permission: text(
    { reason: 'Die nötige Berechtigung fehlt.', remedy: 'Die Serviceverwaltung kann sie erteilen.' },
    { reason: 'The necessary permission is missing.', remedy: 'The service administration can grant it.' },
  ),
  no_training: text(
    {
      reason: 'Für diese Produktlinie liegt keine Schulung vor.',
      remedy: 'Eine Schulung für die Produktlinie besuchen und eintragen lassen.',
    },
    { reason: 'There is no training for this product line.', remedy: 'Attend a training for the product line and have it recorded.' },
  ),
  training_level_too_low: text(
    {
      reason: 'Die Schulung für diese Produktlinie hat eine zu niedrige Stufe.',
      remedy: 'Die nächste Schulungsstufe besuchen und eintragen lassen.',
    },
    {
      reason: 'The training for this product line is of too low a level.',
      remedy: 'Attend the next level of training and have it recorded.',
    },
  ),
  training_expired: text(
    { reason: 'Die Schulung für diese Produktlinie ist abgelaufen.', remedy: 'Die Schulung auffrischen und eintragen lassen.' },
    { reason: 'The training for this product line has expired.', remedy: 'Refresh the training and have it recorded.' },
  ),
  undertaking_missing: text(
    { reason: 'Die Verpflichtungserklärung ist nicht unterschrieben.', remedy: 'Die Erklärung im Portal lesen und unterschreiben.' },
    { reason: 'The undertaking has not been signed.', remedy: 'Read and sign the undertaking in the portal.' },
  ),
  undertaking_outdated: text(
    {
      reason: 'Die Verpflichtungserklärung gibt es inzwischen in neuer Fassung.',
      remedy: 'Die neue Fassung im Portal lesen und unterschreiben.',
    },
    { reason: 'There is a newer version of the undertaking.', remedy: 'Read and sign the new version in the portal.' },
  ),
  authentication_too_weak: text(
    { reason: 'Die Anmeldung ist dafür nicht stark genug.', remedy: 'Mit einem zweiten Faktor erneut anmelden.' },
    { reason: 'The sign-in is not strong enough for this.', remedy: 'Sign in again with a second factor.' },
  ),
  device_not_active: text(
    { reason: 'Die Maschine ist noch nicht angemeldet.', remedy: 'Die Maschine muss mit ihrem Einmalkennwort angemeldet werden.' },
    { reason: 'The machine is not enrolled yet.', remedy: 'The machine has to be enrolled with its one-time password.' },
  ),
  device_suspended: text(
    { reason: 'Die Maschine ist vorübergehend gesperrt.', remedy: 'Die Serviceverwaltung kann die Sperre aufheben.' },
    { reason: 'The machine is suspended.', remedy: 'The service administration can lift the suspension.' },
  ),
  device_revoked: text(
    { reason: 'Das Zertifikat der Maschine ist widerrufen.', remedy: 'Die Maschine muss neu angemeldet werden.' },
    { reason: 'The certificate of the machine is revoked.', remedy: 'The machine has to be enrolled anew.' },
  ),
  switch_off: text(
    { reason: 'Der Kunde hat diesen Fernservice ausgeschaltet.', remedy: 'Der Kunde kann ihn an der Maschine einschalten.' },
    { reason: 'The customer has switched this remote service off.', remedy: 'The customer can switch it on at the machine.' },
  ),
  not_recorded: text(
    {
      reason: 'Hier muss der Bediener zusehen können, und dieser Dienst wird nicht aufgezeichnet.',
      remedy: 'Der Kunde kann die Aufzeichnung des Dienstes einschalten.',
    },
    {
      reason: 'The operator must be able to watch here, and this service is not recorded.',
      remedy: 'The customer can switch the recording of the service on.',
    },
  ),
  contract_missing: text(
    { reason: 'Für diese Maschine liegt kein Servicevertrag vor.', remedy: 'Die Serviceverwaltung kann den Vertrag eintragen.' },
    { reason: 'There is no service contract for this machine.', remedy: 'The service administration can record the contract.' },
  ),
  contract_ended: text(
    { reason: 'Der Servicevertrag dieser Maschine ist ausgelaufen.', remedy: 'Den Vertrag mit dem Kunden verlängern.' },
    { reason: 'The service contract of this machine has ended.', remedy: 'Renew the contract with the customer.' },
  ),
  no_session: text(
    { reason: 'Es gibt keine Sitzung dafür.', remedy: 'Zuerst Zugriff auf die Maschine anfragen.' },
    { reason: 'There is no session for this.', remedy: 'Ask for access to the machine first.' },
  ),
  no_approval: text(
    { reason: 'An der Maschine hat noch niemand zugestimmt.', remedy: 'Der Bediener muss die Fernservice-Taste an der Maschine drücken.' },
    { reason: 'Nobody at the machine has approved yet.', remedy: 'The operator has to press the remote service button at the machine.' },
  ),
  approval_expired: text(
    { reason: 'Die Freigabe an der Maschine ist abgelaufen.', remedy: 'Erneut anfragen oder rechtzeitig verlängern.' },
    { reason: 'The approval given at the machine has run out.', remedy: 'Ask again, or extend in time.' },
  ),
  service_not_approved: text(
    { reason: 'Die Freigabe an der Maschine umfasst diesen Dienst nicht.', remedy: 'Eine Sitzung mit diesem Dienst anfragen.' },
    { reason: 'The approval given at the machine does not cover this service.', remedy: 'Ask for a session with this service.' },
  ),
  duration_too_long: text(
    { reason: 'Die gewünschte Dauer ist länger als erlaubt.', remedy: 'Eine kürzere Dauer wählen.' },
    { reason: 'The duration asked for is longer than allowed.', remedy: 'Choose a shorter duration.' },
  ),
  extension_limit: text(
    { reason: 'Diese Sitzung lässt sich nicht weiter verlängern.', remedy: 'Eine neue Sitzung anfragen.' },
    { reason: 'This session cannot be extended any more.', remedy: 'Ask for a new session.' },
  ),
  time_limit: text(
    { reason: 'Die Zeit dieser Sitzung ist um.', remedy: 'Eine neue Sitzung anfragen.' },
    { reason: 'The time of this session is over.', remedy: 'Ask for a new session.' },
  ),
  policy_error: text(
    {
      reason: 'Die Zugriffsregeln konnten nicht ausgewertet werden; deshalb gilt: kein Zugriff.',
      remedy: 'Erneut versuchen; bleibt es dabei, das Sicherheitsteam verständigen.',
    },
    {
      reason: 'The access rules could not be evaluated, and so there is no access.',
      remedy: 'Try again; if it stays like this, tell the security team.',
    },
  ),
}

/** What can still be supplied, as an item of a list. */
export const missingTexts: Readonly<Record<MissingCode, InBoth<string>>> = {
  customer_approval: { de: 'Zustimmung an der Maschine', en: 'Approval at the machine' },
  undertaking: { de: 'Unterschriebene Verpflichtungserklärung', en: 'Signed undertaking' },
  training: { de: 'Gültige Schulung für die Produktlinie', en: 'Valid training for the product line' },
  permission: { de: 'Berechtigung', en: 'Permission' },
  step_up_mfa: { de: 'Anmeldung mit zweitem Faktor', en: 'Sign-in with a second factor' },
  customer_switch: { de: 'Vom Kunden eingeschalteter Dienst', en: 'Service switched on by the customer' },
  shorter_duration: { de: 'Kürzere Dauer', en: 'Shorter duration' },
  recording: { de: 'Aufzeichnung des Dienstes', en: 'Recording of the service' },
  contract: { de: 'Gültiger Servicevertrag', en: 'Valid service contract' },
}
