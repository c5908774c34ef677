import type { Dataset } from '../core/dataset.ts'
import { ValidationError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import type { ExportSpec } from '../core/spec.ts'
import { unknownName } from '../core/unknown-name.ts'
import { datasetsOf, loadDataset, namesRelations } from './load-dataset.ts'
import { resolveRequest } from './resolve-request.ts'
import type { Services } from './services.ts'

export interface LoadedRequest {
  readonly dataset: Dataset
  findDataset(name: string): Dataset | undefined
  /** What the request means at a moment: relative dates count from it. @throws ValidationError, ForbiddenError */
  specAt(moment: Date): ExportSpec
}

/** A request with the datasets that it names, as the key may use them. Nothing is made. @throws ValidationError, ForbiddenError */
export async function loadRequest(
  services: Pick<Services, 'datasets' | 'source'>,
  principal: Principal,
  request: ExportRequest,
): Promise<LoadedRequest> {
  const { datasets, source } = services
  const relations = namesRelations(datasets.get(request.dataset), request)
  const loaded = await loadDataset({ datasets, source, principal }, request.dataset, { relations })
  if (!loaded) {
    const known = datasetsOf(services, principal).map(({ name }) => name)
    throw new ValidationError([{ path: 'dataset', message: unknownName('dataset', request.dataset, known) }])
  }
  const { dataset, find: findDataset } = loaded
  const { organizationId } = principal
  return {
    dataset,
    findDataset,
    specAt: (now) => resolveRequest(request, { organizationId, dataset, findDataset, now }),
  }
}
