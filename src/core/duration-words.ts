/** How long something takes, for people: "less than a minute", "2-3 minutes", "about 2 hours". */
export function durationWords(seconds: number): string {
  if (seconds < 60) return 'less than a minute'
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}-${minutes + 1} minutes`
  const hours = Math.round(seconds / 3600)
  return hours === 1 ? 'about an hour' : `about ${hours} hours`
}
