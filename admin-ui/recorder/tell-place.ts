import { natives } from './natives.ts'

const ownOrigin = /^(https?:\/\/)[a-z][a-z0-9-]*-([a-z2-7]{26}\.)/u

/**
 * Tells the bar around this page, and nobody else, where in the machine it is, so that reloading the bar leads back there. The bar takes it for what it is: the word
 * of a machine's page about its own address.
 */
export function tellPlace(): void {
  try {
    if (parent === window || parent !== top || !ownOrigin.test(location.origin)) return
    const bar = location.origin.replace(ownOrigin, '$1bar-$2')
    const around = parent
    const tell = (): void => around.postMessage({ sallyport: 'place', place: location.pathname + location.search + location.hash }, bar)
    tell()
    natives.listen(window, 'pageshow', tell)
    natives.listen(window, 'hashchange', tell)
    natives.listen(window, 'popstate', tell)
    // Of what a page does to its address by script (`history.pushState`), where the browser tells it.
    const { navigation } = window as { navigation?: EventTarget }
    if (navigation !== undefined) natives.listen(navigation, 'currententrychange', tell)
  } catch {
    // The page does not hear of it.
  }
}
