/** How often each branch ran since it was last asked; one byte a branch, by its number. The counted code calls {@link countBranch} through the global. */
export const branchCounts = new Uint8Array(65_536)

declare global {
  var sallyportBranch: (branch: number) => number
}

export const countBranch = (branch: number): number => (branchCounts[branch] = Math.min(255, branchCounts[branch]! + 1))

/** Once, twice, some times, often: loops that go round once more are nothing new (as AFL has it). */
export const bucketOf = (count: number): number => (count < 4 ? count : count < 8 ? 4 : count < 32 ? 5 : count < 128 ? 6 : 7)
