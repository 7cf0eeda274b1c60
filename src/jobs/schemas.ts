/** The settings of each kind of job. */
import { z } from 'zod'
import { namePattern } from '../workspace/names.ts'

const eventType = z.string().min(1).max(500)

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
    promote: z.boolean().default(true).describe('Whether it goes into service.'),
  })
  .meta({ id: 'SegmentJob' })

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

export const jobBody = z.discriminatedUnion('kind', [trainJob, evaluateJob, segmentJob, compareJob])
