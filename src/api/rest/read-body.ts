import { ValidationError } from '../../core/errors.ts'
import { isPlainObject } from '../../core/plain-object.ts'
import { BodyTooLargeError, MalformedBodyError, UnsupportedMediaTypeError } from './errors.ts'

/** Bytes of a body. */
const maxBodyBytes = 1024 * 1024
/** Objects and lists within each other; no vendor's request needs half as many. */
const maxDepth = 40

/**
 * A request's body as a JSON object, whatever it holds.
 * @throws UnsupportedMediaTypeError, BodyTooLargeError, MalformedBodyError, ValidationError
 */
export async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new UnsupportedMediaTypeError('Send the body as JSON: Content-Type: application/json.')
  }
  const value = parse(await readText(request))
  if (!isPlainObject(value)) {
    throw new MalformedBodyError('The body must be a JSON object: {"…": …}.')
  }
  checkValues(value)
  return value
}

async function readText(request: Request): Promise<string> {
  const tooLarge = () => new BodyTooLargeError(`A request's body can have ${maxBodyBytes} bytes at most.`)
  // Refused by what it says of itself, before a byte of it is read.
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBodyBytes) throw tooLarge()
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new MalformedBodyError('The body is not UTF-8.')
  }
}

function parse(text: string): unknown {
  if (text.trim() === '') throw new MalformedBodyError('The body is empty; a JSON object is needed.')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new MalformedBodyError(`The body is not JSON: ${(error as Error).message}`.slice(0, 200))
  }
}

/** What no column, name or filter can hold is refused at the door. Walks without recursion: the depth is the caller's. */
function checkValues(root: unknown): void {
  const waiting: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 1 }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path, depth } = next
    if (typeof value === 'string') checkText(value, path)
    if (value === null || typeof value !== 'object') continue
    if (depth > maxDepth) {
      throw new ValidationError([{ path: '', message: `The body is nested more than ${maxDepth} deep.` }])
    }
    for (const [key, inner] of Object.entries(value)) {
      checkText(key, path)
      waiting.push({ value: inner, path: path ? `${path}.${key}` : key, depth: depth + 1 })
    }
  }
}

/** @throws ValidationError for text that cannot stand in the database */
export function checkText(text: string, path: string): void {
  if (text.includes('\0')) throw new ValidationError([{ path, message: 'cannot hold the character NUL' }])
  if (!text.isWellFormed()) {
    throw new ValidationError([{ path, message: 'holds half of a surrogate pair, which is no character' }])
  }
}
