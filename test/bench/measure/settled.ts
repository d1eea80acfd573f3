/** Reads a figure until it stays the same for a second, at most for ten. */
export async function settled(read: () => number): Promise<number> {
  let [last, same] = [read(), 0]
  for (let left = 40; left > 0 && same < 4; left -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    const now = read()
    same = now === last ? same + 1 : 0
    last = now
  }
  return last
}
