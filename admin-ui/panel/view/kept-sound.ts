/** `requests`: only while somebody waits to be let in. */
export const soundChoices = ['on', 'requests', 'off'] as const
export const soundVolumes = ['quiet', 'normal', 'loud'] as const

export interface KeptSound {
  readonly choice: (typeof soundChoices)[number]
  readonly volume: (typeof soundVolumes)[number]
}

const choiceKey = 'sallyport.panel.sound'
const volumeKey = 'sallyport.panel.volume'

type Shelf = Pick<Storage, 'getItem' | 'setItem'>

/** As it was chosen at this screen; what cannot be read is the default: everything, at the middle volume. */
export const readKeptSound = (shelf: Shelf): KeptSound => ({
  choice: soundChoices.find((one) => one === shelf.getItem(choiceKey)) ?? 'on',
  volume: soundVolumes.find((one) => one === shelf.getItem(volumeKey)) ?? 'normal',
})

export const keepSound = (shelf: Shelf, { choice, volume }: KeptSound): void => {
  shelf.setItem(choiceKey, choice)
  shelf.setItem(volumeKey, volume)
}
