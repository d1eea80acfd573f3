import { registerHooks } from 'node:module'

/**
 * For `node --import`: takes one check out of the agent while it is loaded, so that it can be shown that an attack notices. the query of
 * its address names it. The agent itself has no such door.
 */
const mutations: Readonly<Record<string, { readonly file: string; readonly from: string; readonly to: string }>> = {
  approval: {
    file: 'agent/streams/admit-stream.ts',
    from: 'const live = options.alive(sessionId)',
    to: 'const live = options.alive(sessionId) ?? ({ id: sessionId, services: [...services.list().map(({ name }) => name)], viewOnly: false } as never)',
  },
  service: {
    file: 'agent/streams/admit-stream.ts',
    from: "if (!live.services.includes(service.name)) return 'service_not_approved'",
    to: '',
  },
}

const broken = mutations[new URL(import.meta.url).search.slice(1)]
if (broken === undefined) throw new Error('the address names no check')
registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(broken.file)) return loaded
    const source = String(loaded.source)
    if (!source.includes(broken.from)) throw new Error(`${broken.file} does not have the check any more`)
    return { ...loaded, source: source.replace(broken.from, () => broken.to) }
  },
})
