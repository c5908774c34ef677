/**
 * Seconds until each of those that wait begins, in their order, when so many can run at once.
 * @param busy seconds that each of those under way still needs
 * @param waiting seconds that each of those that wait will take
 */
export function secondsUntilEachBegins(
  busy: readonly number[],
  waiting: readonly number[],
  atOnce: number,
): number[] {
  const ends = [...busy].sort((a, b) => a - b)
  return waiting.map((seconds) => {
    // More may be under way than there are places, where a plan was made smaller.
    const surplus = Math.max(0, ends.length - Math.max(1, atOnce) + 1)
    const begins = surplus === 0 ? 0 : ends[surplus - 1]!
    ends.splice(0, surplus)
    const end = begins + seconds
    ends.splice(ends.findLastIndex((other) => other <= end) + 1, 0, end)
    return begins
  })
}
