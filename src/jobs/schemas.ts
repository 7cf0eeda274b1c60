/** The settings of each kind of job. */
import { z } from 'zod'
import { mapSettings } from '../audience/map-settings.ts'
import { namePattern } from '../workspace/names.ts'

const eventType = z.string().min(1).max(500)

const indexWhen = z.enum(['auto', 'always', 'never'])
export type IndexWhen = z.output<typeof indexWhen>

export const trainJob = z
  .strictObject({
    kind: z.literal('train'),
    method: z.string().default('fast-lightgcn'),
    config: z.record(z.string(), z.unknown()).default({}),
    preset: z.string().optional(),
    seed: z.int().default(1),
    weights: z
      .record(eventType, z.number().min(0).max(1e6))
      .optional()
      .describe('How much each type of event counts; 0 leaves it out. Types that are not named count 1.'),
    days: z
      .number()
      .positive()
      .max(100_000)
      .optional()
      .describe('Only the events of so many days before the latest one. Default: all.'),
    test: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.1)
      .describe('Share of the events, the latest, to be evaluated on.'),
    guard: z
      .strictObject({
        metric: z.enum(['ndcg@20', 'recall@20']).default('ndcg@20'),
        drop: z
          .number()
          .min(0)
          .max(1)
          .describe('How far below the version in service it may be: .02 is 2 %.'),
      })
      .optional()
      .describe('Without it, the new version goes into service whatever its figures are.'),
    index: indexWhen
      .default('auto')
      .describe(
        'Whether answers look into an index of nearest neighbours: auto builds one from 200,000 items or users on.',
      ),
  })
  .meta({ id: 'TrainJob' })
export type TrainJob = z.output<typeof trainJob>

export const evaluateJob = z
  .strictObject({
    kind: z.literal('evaluate'),
    method: z.string(),
    config: z.record(z.string(), z.unknown()).default({}),
    preset: z.string().optional(),
    seed: z.int().default(1),
    test: z.number().gt(0).lt(1).default(0.1),
    weights: trainJob.shape.weights,
    days: trainJob.shape.days,
  })
  .meta({ id: 'EvaluateJob' })

const modelName = z.string().regex(namePattern)

export const segmentJob = z
  .strictObject({
    kind: z.literal('segment'),
    segmentation: modelName.default('segments').describe('A version of this name is made.'),
    space: modelName
      .default('service')
      .describe('What users are compared by: `service`, `attributes`, or a model that has vectors.'),
    method: z.string().default('k-means').describe('A clustering method.'),
    clusters: z
      .union([z.int().min(1).max(1000), z.literal('auto')])
      .default('auto')
      .describe('How many segments; `auto` tries 2 to maxClusters and takes the greatest silhouette.'),
    maxClusters: z.int().min(2).max(100).default(20),
    config: z.record(z.string(), z.unknown()).default({}).describe('Settings of the method.'),
    preset: z.string().optional(),
    seed: z.int().default(1),
    stabilityRuns: z.int().min(0).max(100).default(5).describe('Other runs that the stability is over.'),
    stabilityOver: z
      .enum(['seeds', 'bootstrap'])
      .optional()
      .describe(
        'What they differ in. Default: bootstrap samples, or seeds where the method cannot assign rows.',
      ),
    initial: z
      .enum(['previous', 'seeds'])
      .default('previous')
      .describe(
        'Where it begins: where the version in service is, if that is of the same space and number, so that people stay where they are; or from fresh seeds.',
      ),
    promote: z.boolean().default(true).describe('Whether it goes into service.'),
  })
  .meta({ id: 'SegmentJob' })

export const indexJob = z
  .strictObject({
    kind: z.literal('index'),
    version: z.int().positive().optional().describe('Default: the version in service.'),
    when: indexWhen.default('always'),
  })
  .meta({ id: 'IndexJob' })

export const projectJob = z
  .strictObject({
    kind: z.literal('project'),
    of: z.enum(['users', 'items']).default('users'),
    space: modelName
      .default('service')
      .describe('Whose vectors: `service`, `attributes`, or the name of a model.'),
    seed: z.int().default(1),
    initial: z
      .enum(['previous', 'pca'])
      .default('previous')
      .describe(
        'Where points start: where they were on the map in service, if it is of the same space, or on the main axes.',
      ),
    ...mapSettings.shape,
  })
  .meta({ id: 'ProjectJob' })

export const compareJob = z
  .strictObject({
    kind: z.literal('compare'),
    versions: z
      .array(z.int().positive())
      .min(1)
      .max(20)
      .describe('Versions of the model in service. The one in service, else the first, is the baseline.'),
    metric: z.enum(['ndcg@10', 'recall@10', 'ndcg@20', 'recall@20']).default('ndcg@20'),
    test: evaluateJob.shape.test,
    seed: z.int().default(1).describe('Of the split and the bootstrap.'),
    weights: trainJob.shape.weights,
  })
  .meta({ id: 'CompareJob' })

export const jobBody = z.discriminatedUnion('kind', [
  trainJob,
  evaluateJob,
  compareJob,
  indexJob,
  segmentJob,
  projectJob,
])
