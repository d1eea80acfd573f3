/** Documents of `data/` that bound what the inputs of `arbitrary-input.ts` ask for, in place of the shipped ones, which bound nothing. */
export const boundingData = {
  regions: { only_listed: false, covers: { europe: ['benelux', 'nordics'] } },
  approvers: {
    not_oneself: true,
    site: { Heidelberg: { operators: ['Olga Brandt'], proof: 'pin' } },
    product_line: { press: { modes: ['attended', 'reconnect', 'planned'] } },
  },
  opening_hours: {
    site: {
      Heidelberg: {
        week: {
          tuesday: [
            { from: '03:10', to: '05:20' },
            { from: '05:50', to: '09:07' },
            { from: '11:25', to: '24:00' },
          ],
          sunday: [
            // Is open while the clocks change, and ends an hour earlier or later.
            { from: '00:20', to: '03:35' },
            { from: '04:50', to: '05:10' },
            { from: '06:45', to: '22:00' },
          ],
        },
        closed: ['2026-11-25'],
      },
      Kiel: { week: { sunday: [{ from: '05:00', to: '20:00' }], wednesday: [{ from: '06:00', to: '14:00' }] }, closed: ['2026-11-24'] },
    },
  },
}
