/** Assets of a picture, by service and path. They are as many as the machine and the technician care to make, so the oldest go. */
export interface BoundedAssets<T extends { readonly data: string }> {
  put(service: string, path: string, asset: T): void
  drop(service: string, path: string): void
  find(service: string, path: string): T | undefined
  /** The oldest first. */
  list(): readonly T[]
  clear(): void
}

/** As the agent holds them: 500, and 16 MiB before base64. */
export const mostAssets = 500
export const mostAssetChars = 24 * 1024 * 1024

export const createBoundedAssets = <T extends { readonly data: string }>(): BoundedAssets<T> => {
  const kept = new Map<string, T>()
  let chars = 0

  const dropKey = (key: string): void => {
    const asset = kept.get(key)
    if (asset === undefined) return
    kept.delete(key)
    chars -= asset.data.length + key.length
  }
  return {
    put: (service, path, asset) => {
      const key = `${service} ${path}`
      dropKey(key)
      kept.set(key, asset)
      chars += asset.data.length + key.length
      for (const oldest of kept.keys()) {
        if (kept.size <= mostAssets && chars <= mostAssetChars) return
        dropKey(oldest)
      }
    },
    drop: (service, path) => dropKey(`${service} ${path}`),
    find: (service, path) => kept.get(`${service} ${path}`),
    list: () => [...kept.values()],
    clear: () => {
      kept.clear()
      chars = 0
    },
  }
}
