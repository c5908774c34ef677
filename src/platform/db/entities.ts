import { Admission } from './entities/admission.ts'
import { ApiKey } from './entities/api-key.ts'
import { AuditEvent } from './entities/audit-event.ts'
import { DeliveredRow } from './entities/delivered-row.ts'
import { Export } from './entities/export.ts'
import { ExportEvent } from './entities/export-event.ts'
import { ExportFile } from './entities/export-file.ts'
import { ExportPart } from './entities/export-part.ts'
import { Organization } from './entities/organization.ts'
import { Plan } from './entities/plan.ts'
import { SigningKey } from './entities/signing-key.ts'

export const entities = [
  Admission,
  ApiKey,
  AuditEvent,
  DeliveredRow,
  Export,
  ExportEvent,
  ExportFile,
  ExportPart,
  Organization,
  Plan,
  SigningKey,
] as const
