/** A drawn portrait, so that pictures of the pages show nobody who exists. */
export const fakePhoto = (hair: string, shirt: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="#dbe4ee"/><path d="M14 96c0-22 14-32 34-32s34 10 34 32z" fill="${shirt}"/><rect x="40" y="52" width="16" height="18" fill="#e2b48f"/><ellipse cx="48" cy="40" rx="18" ry="21" fill="#f0c7a3"/><path d="M28 42c-3-26 43-30 40 0-2-10-8-14-16-14s-20 2-24 14z" fill="${hair}"/><circle cx="41" cy="42" r="2" fill="#333"/><circle cx="55" cy="42" r="2" fill="#333"/><path d="M42 51q6 5 12 0" stroke="#a05a3c" stroke-width="2" fill="none"/></svg>`

export const fakePhotoUrl = (hair: string, shirt: string): string =>
  `data:image/svg+xml;base64,${Buffer.from(fakePhoto(hair, shirt)).toString('base64')}`
