import type { Issue } from '../core/errors.ts'
import type { ExportRequest } from '../core/request.ts'
import {
  type Compression,
  compressionLevels,
  compressions,
  contentEncodings,
  type ExportSpec,
  type FileLimits,
} from '../core/spec.ts'

/** Smaller files would be more than anybody wants to download. */
const minRowsPerFile = 100
const minBytesPerFile = 1024 * 1024

/** What the rows are packed in, and in how many files. Everything that is wrong is added to `issues`. */
export function resolvePacking(
  request: ExportRequest,
  issues: Issue[],
): Pick<ExportSpec, 'compression' | 'compressionLevel' | 'zipAboveBytes' | 'contentEncoding' | 'fileLimits'> {
  const { zipAboveBytes, contentEncoding } = request
  const compression = resolveCompression(request.compression ?? 'none', issues)
  const compressionLevel = resolveLevel(request.compressionLevel, compression, issues)
  const fileLimits = resolveFileLimits(request, issues)
  if (zipAboveBytes !== undefined && !(Number.isSafeInteger(zipAboveBytes) && zipAboveBytes >= 0)) {
    issues.push({ path: 'zipAboveBytes', message: 'must be a whole number from 0' })
  } else if (zipAboveBytes !== undefined && compression !== 'none') {
    issues.push({ path: 'zipAboveBytes', message: 'goes with the compression none only' })
  }
  if (contentEncoding !== undefined && !contentEncodings.includes(contentEncoding)) {
    issues.push({ path: 'contentEncoding', message: `must be one of ${contentEncodings.join(', ')}` })
  } else if (contentEncoding !== undefined && (compression !== 'none' || zipAboveBytes !== undefined)) {
    issues.push({
      path: 'contentEncoding',
      message: 'goes with the compression none only, and not with zipAboveBytes',
    })
  }
  return {
    compression,
    ...(compressionLevel === undefined ? {} : { compressionLevel }),
    ...(zipAboveBytes === undefined ? {} : { zipAboveBytes }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
    ...(fileLimits ? { fileLimits } : {}),
  }
}

function resolveFileLimits(request: ExportRequest, issues: Issue[]): FileLimits | undefined {
  const { maxRowsPerFile: maxRows, maxBytesPerFile: maxBytes } = request
  if (maxRows !== undefined && !(Number.isSafeInteger(maxRows) && maxRows >= minRowsPerFile)) {
    issues.push({ path: 'maxRowsPerFile', message: `must be a whole number from ${minRowsPerFile}` })
  }
  if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes >= minBytesPerFile)) {
    issues.push({
      path: 'maxBytesPerFile',
      message: `must be a whole number from ${minBytesPerFile} (1 MiB)`,
    })
  }
  if (maxRows === undefined && maxBytes === undefined) return undefined
  return { ...(maxRows === undefined ? {} : { maxRows }), ...(maxBytes === undefined ? {} : { maxBytes }) }
}

function resolveCompression(compression: Compression, issues: Issue[]): Compression {
  if (!compressions.includes(compression)) {
    issues.push({ path: 'compression', message: `must be one of ${compressions.join(', ')}` })
  }
  return compression
}

/** Undefined for the usual one. */
function resolveLevel(
  level: number | undefined,
  compression: Compression,
  issues: Issue[],
): number | undefined {
  if (level === undefined || !compressions.includes(compression)) return undefined
  if (compression === 'none') {
    issues.push({
      path: 'compressionLevel',
      message: `goes with the compression ${Object.keys(compressionLevels).join(', ')} only`,
    })
    return undefined
  }
  const { usual, most } = compressionLevels[compression]
  if (!(Number.isSafeInteger(level) && level >= 1 && level <= most)) {
    issues.push({
      path: 'compressionLevel',
      message: `of ${compression} must be a whole number from 1 (fastest) to ${most} (smallest)`,
    })
  }
  return level === usual ? undefined : level
}
