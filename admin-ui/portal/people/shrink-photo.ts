/** What an operator's panel takes (agent contract): JPEG, at most 64 KiB. */
const mostBytes = 64 * 1024
const mostPixels = 512
const qualities = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
const scales = [1, 0.75, 0.5, 0.35]

/**
 * Makes any picture that the browser can read a square JPEG of at most 512 px and 64 KiB, cut from its middle.
 *
 * @throws Error when the file is not a picture
 */
export const shrinkPhoto = async (file: Blob): Promise<Blob> => {
  const picture = await createImageBitmap(file)
  try {
    for (const scale of scales) {
      const canvas = drawSquare(picture, scale)
      for (const quality of qualities) {
        const jpeg = await toJpeg(canvas, quality)
        if (jpeg !== null && jpeg.size <= mostBytes) return jpeg
      }
    }
  } finally {
    picture.close()
  }
  throw new Error('The picture does not fit into 64 KiB')
}

const drawSquare = (picture: ImageBitmap, scale: number): HTMLCanvasElement => {
  const cut = Math.min(picture.width, picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(Math.min(cut, mostPixels) * scale))
  canvas.height = canvas.width
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser cannot draw')
  // JPEG knows no transparency: what was transparent would turn black.
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, (picture.width - cut) / 2, (picture.height - cut) / 2, cut, cut, 0, 0, canvas.width, canvas.height)
  return canvas
}

const toJpeg = (canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
