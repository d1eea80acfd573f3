/** The undertaking that every person reads and signs before the first access. Its version is data of the policy (`policies/data/undertaking.json`). */
export const undertakingText = {
  de: [
    'Ich verpflichte mich beim Fernzugriff auf Maschinen unserer Kunden:',
    '1. Ich nutze mein Konto nur selbst und gebe meine Zugangsdaten niemandem weiter.',
    '2. Ich greife nur zu dem Zweck zu, den ich der Bedienperson genannt habe, und nur so lange wie nötig.',
    '3. Ich weiß, dass die Bedienperson an der Maschine jeden Zugriff freigibt und jederzeit beenden kann, und dass er auf beiden Seiten aufgezeichnet wird.',
    '4. Ich löse nichts aus, was Menschen an der Maschine gefährden kann, und stimme Bewegungen der Maschine vorher mit der Bedienperson ab.',
    '5. Daten des Kunden, die ich dabei sehe, behandle ich vertraulich und kopiere sie nur, wenn der Auftrag es verlangt.',
    '6. Vorfälle und den Verdacht darauf melde ich sofort meiner Sicherheitsstelle.',
  ].join('\n'),
  en: [
    'When I access machines of our customers remotely, I undertake the following:',
    '1. I use my account myself alone and give my credentials to nobody.',
    '2. I access a machine only for the purpose that I named to its operator, and only as long as needed.',
    '3. I know that the operator at the machine approves every access and can end it at any time, and that it is recorded on both sides.',
    '4. I start nothing that can endanger people at the machine, and agree on movements of the machine with the operator first.',
    '5. I keep customer data that I see confidential and copy it only where the job requires it.',
    '6. I report incidents, and the suspicion of one, to my security contact at once.',
  ].join('\n'),
} as const
