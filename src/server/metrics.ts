/** Prometheus metrics of the service, in a registry of its own. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Service } from './service.ts'

export interface Metrics {
  readonly registry: Registry
  readonly latency: Histogram<'route' | 'method' | 'status'>
  readonly jobs: Histogram<'kind' | 'status'>
  readonly answers: Counter<'rung'>
  close(): void
}

export function makeMetrics(service: Service, now: () => number): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const gauge = (name: string, help: string, value: () => number | undefined): void =>
    registry.registerMetric(
      new Gauge({
        name: `homophily_${name}`,
        help,
        registers: [],
        collect() {
          const now = value()
          if (now !== undefined) this.set(now)
        },
      }),
    )
  gauge(
    'event_loop_lag_seconds',
    '99th percentile of how late the event loop was since the last look.',
    () => {
      const lag = delay.percentile(99) / 1e9
      delay.reset()
      return Math.max(0, lag)
    },
  )
  gauge('model_age_seconds', 'Time since the version in service was trained.', () => {
    const created = service.live?.created
    return created === undefined ? undefined : (now() - created) / 1000
  })
  gauge('model_version', 'The version in service; 0 for none.', () => service.live?.version ?? 0)
  gauge('events_since_training', 'Events that are counted beside the version in service.', () =>
    service.live ? service.live.activity.seq - service.live.upTo : 0,
  )
  registry.registerMetric(
    new Gauge({
      name: 'homophily_index_recall',
      help: 'Share of the true nearest neighbours that an index in service finds, measured when it was built.',
      labelNames: ['index'],
      registers: [],
      collect() {
        this.reset()
        for (const { name, recall } of service.live?.indexes?.facts ?? []) this.set({ index: name }, recall)
      },
    }),
  )
  return {
    registry,
    latency: new Histogram({
      name: 'homophily_http_request_seconds',
      help: 'How long requests take, by route.',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    jobs: new Histogram({
      name: 'homophily_job_seconds',
      help: 'How long jobs take.',
      labelNames: ['kind', 'status'],
      buckets: [1, 10, 60, 600, 3600, 36_000],
      registers,
    }),
    answers: new Counter({
      name: 'homophily_answers_total',
      help: 'Recommendations given, by rung.',
      labelNames: ['rung'],
      registers,
    }),
    close: () => delay.disable(),
  }
}
