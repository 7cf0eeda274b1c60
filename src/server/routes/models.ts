/** Versions of the model, and putting one into service. */
import { z } from 'zod'
import type { VersionSummary } from '../../workspace/workspace.ts'
import type { App } from '../app.ts'
import * as schemas from '../schemas.ts'

export function modelRoutes({ app, service }: App): void {
  const tags = ['models']
  const { workspace, name } = service

  async function show() {
    const known = (await workspace.listModels()).some((model) => model.name === name)
    if (!known) return { name, inService: null, versions: [] }
    const { current, versions } = await workspace.showModel(name)
    return { name, inService: current ?? null, versions: versions.map(versionOf) }
  }

  app.route({
    method: 'GET',
    url: '/v1/models',
    config: { role: 'read' },
    schema: {
      summary: 'The versions of the model, with figures and where they come from',
      tags,
      response: { 200: schemas.models },
    },
    handler: show,
  })

  app.route({
    method: 'POST',
    url: '/v1/models/rollback',
    config: { role: 'admin' },
    schema: {
      summary: 'Put a version into service: by default the one before',
      tags,
      body: schemas.promoteBody,
      response: { 200: schemas.models },
    },
    async handler({ body }) {
      await workspace.rollback(name, body.version)
      await service.lookAgain()
      return show()
    },
  })

  app.route({
    method: 'DELETE',
    url: '/v1/models/:version',
    config: { role: 'admin' },
    schema: {
      summary: 'Delete a version that is not in service',
      tags,
      params: z.object({ version: z.coerce.number().int().positive() }),
      response: { 200: schemas.models },
    },
    async handler({ params: { version } }) {
      await workspace.deleteModel(name, version)
      return show()
    },
  })
}

function versionOf({ version, current, problem, details }: VersionSummary) {
  const base = { version, inService: current }
  if (!details) return problem === undefined ? base : { ...base, problem }
  const { created, method, config, seed, homophily, metrics, data } = details
  const indexes = details.indexes.map(({ name, rows, recall, queries, seconds }) => ({
    name,
    rows,
    recall,
    queries,
    seconds,
  }))
  return {
    ...base,
    created,
    method,
    config: { ...config },
    seed,
    homophily,
    metrics: { ...metrics },
    indexes,
    data,
  }
}
