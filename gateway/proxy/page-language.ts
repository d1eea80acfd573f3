export type PageLanguage = 'de' | 'en'

/** The better liked of the two languages that our pages have (RFC 9110, section 12.5.4); English where nothing is said. */
export function pageLanguage(acceptLanguage: string | undefined): PageLanguage {
  const weight = { de: -1, en: -1 }
  for (const item of (acceptLanguage ?? '').toLowerCase().split(',').slice(0, 20)) {
    const [tag = '', ...parameters] = item.split(';').map((part) => part.trim())
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1')
    const language = tag === 'de' || tag.startsWith('de-') ? 'de' : tag === 'en' || tag.startsWith('en-') ? 'en' : undefined
    if (language !== undefined && quality > 0) weight[language] = Math.max(weight[language], quality)
  }
  return weight.de > weight.en ? 'de' : 'en'
}
