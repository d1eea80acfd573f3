/** What one origin can clear of its own. `"cookies"` clears those of the whole site (Clear Site Data, section 3.1): of every other machine, and our own. */
const ofOneOrigin = new Set(['"cache"', '"storage"', '"executioncontexts"', '"clienthints"', '"prefetchcache"', '"prerendercache"'])

/** The machine's `Clear-Site-Data` without what reaches beyond its own origin; undefined when nothing is left. */
export function clearSiteData(value: string): string | undefined {
  const types = value.split(',').map((type) => type.trim())
  const kept = types.filter((type) => ofOneOrigin.has(type.toLowerCase()))
  const all = types.includes('"*"') ? ['"cache"', '"storage"', ...kept] : kept
  return all.length === 0 ? undefined : [...new Set(all)].join(', ')
}
