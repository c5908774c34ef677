import {
  dateOf,
  daysOf,
  firstMoment,
  formatTime,
  lastMoment,
  type Micros,
  microsPerDay,
  microsPerSecond,
  splitDay,
} from '../../core/civil-time.ts'
import { type DateToken, datePatternPieces } from '../../core/date-pattern.ts'
import type { MomentOptions, MomentType } from './moment-sql.ts'

/** As Postgres writes it. */
const written =
  /^(\d{4,6})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?(?:([-+])(\d\d)(?::(\d\d))?(?::(\d\d))?)?( BC)?$/

/** A wall clock's time and what it is ahead of UTC. */
interface Moment {
  readonly wall: Micros
  readonly offsetSeconds: number
}

/** `momentSql` for Postgres' text of a value. */
export function momentText(text: string, type: MomentType, options: MomentOptions): string {
  const moment = parse(text)
  if (!moment) return text
  const withZone = type === 'timestamptz'
  // What to_char would get wrong keeps Postgres' text.
  if (!hasFourDigits(moment))
    return withZone && options.dateFormat === 'excel' ? ownText(inUtc(moment)) : text
  switch (options.dateFormat) {
    case 'original':
      return text
    case 'iso8601':
      return type === 'date' ? text : write(moment, `YYYY-MM-DD[T]HH:mm:ss${withZone ? 'Z' : ''}`, withZone)
    case 'excel':
      return type === 'date' ? text : write(inUtc(moment), 'YYYY-MM-DD hh:mm:ss A', false)
    case 'pattern': {
      const pattern = type === 'date' ? options.datePattern : options.timestampPattern
      return pattern === null ? text : write(moment, pattern, withZone)
    }
    default:
      return options.dateFormat satisfies never
  }
}

function parse(text: string): Moment | undefined {
  const match = written.exec(text)
  if (!match) return undefined
  const [, year, month, day, hours = 0, minutes = 0, seconds = 0, fraction = '', sign, ...rest] = match
  const [h, m, s] = rest.slice(0, 3).map((part) => Number(part ?? 0))
  // 1 BC is the year 0.
  const civilYear = rest[3] ? 1 - Number(year) : Number(year)
  const days = daysOf({ year: civilYear, month: Number(month), day: Number(day) })
  const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  const wall = BigInt(days) * microsPerDay + BigInt(time) * microsPerSecond + BigInt(fraction.padEnd(6, '0'))
  const ahead = h! * 3600 + m! * 60 + s!
  return { wall, offsetSeconds: sign === '-' ? -ahead : ahead }
}

function hasFourDigits({ wall }: Moment): boolean {
  return wall >= firstMoment && wall <= lastMoment
}

/** Without an offset. */
function ownText({ wall }: Moment): string {
  const { days, timeOfDay } = splitDay(wall)
  const { year, month, day } = dateOf(days)
  const date = [padded(year > 0 ? year : 1 - year, 4), padded(month), padded(day)].join('-')
  return `${date} ${formatTime(timeOfDay)}${year > 0 ? '' : ' BC'}`
}

function inUtc({ wall, offsetSeconds }: Moment): Moment {
  return { wall: wall - BigInt(offsetSeconds) * microsPerSecond, offsetSeconds: 0 }
}

function write(moment: Moment, pattern: string, withZone: boolean): string {
  return datePatternPieces(pattern, withZone)
    .map((piece) => ('token' in piece ? tokenText(piece.token, moment) : piece.text))
    .join('')
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September']
months.push('October', 'November', 'December')
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** 1970-01-01 was a Thursday. */
const firstWeekday = 4

function tokenText(token: DateToken, { wall, offsetSeconds }: Moment): string {
  const { days, timeOfDay } = splitDay(wall)
  const { year, month, day } = dateOf(days)
  const micros = Number(timeOfDay)
  const hours = Math.floor(micros / 3_600_000_000)
  const minutes = Math.floor(micros / 60_000_000) % 60
  const seconds = Math.floor(micros / 1_000_000) % 60
  const weekday = weekdays[(((days + firstWeekday) % 7) + 7) % 7] ?? ''
  switch (token) {
    case 'YYYY':
      return padded(year, 4)
    case 'YY':
      return padded(year % 100)
    case 'MMMM':
      return months[month - 1] ?? ''
    case 'MMM':
      return months[month - 1]?.slice(0, 3) ?? ''
    case 'MM':
      return padded(month)
    case 'M':
      return String(month)
    case 'DD':
      return padded(day)
    case 'D':
      return String(day)
    case 'dddd':
      return weekday
    case 'ddd':
      return weekday.slice(0, 3)
    case 'HH':
      return padded(hours)
    case 'H':
      return String(hours)
    case 'hh':
      return padded(hours % 12 || 12)
    case 'h':
      return String(hours % 12 || 12)
    case 'mm':
      return padded(minutes)
    case 'm':
      return String(minutes)
    case 'ss':
      return padded(seconds)
    case 's':
      return String(seconds)
    case 'SSSSSS':
      return padded(micros % 1_000_000, 6)
    case 'SSS':
      return padded(Math.floor((micros % 1_000_000) / 1000), 3)
    case 'A':
      return hours < 12 ? 'AM' : 'PM'
    case 'a':
      return hours < 12 ? 'am' : 'pm'
    case 'Z':
      return offsetText(offsetSeconds, ':')
    case 'ZZ':
      return offsetText(offsetSeconds, '')
    default:
      return token satisfies never
  }
}

function padded(value: number, digits = 2): string {
  return String(value).padStart(digits, '0')
}

function offsetText(seconds: number, separator: string): string {
  const minutes = Math.floor(Math.abs(seconds) / 60)
  return `${seconds < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60))}${separator}${padded(minutes % 60)}`
}
