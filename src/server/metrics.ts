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
  new Gauge({
    name: 'homophily_event_loop_lag_seconds',
    help: 'The 99th percentile of how late the event loop was since the last look.',
    registers,
    collect() {
      this.set(Math.max(0, delay.percentile(99) / 1e9))
      delay.reset()
    },
  })
  new Gauge({
    name: 'homophily_model_age_seconds',
    help: 'Time since the version in service was trained.',
    registers,
    collect() {
      const created = service.live?.created
      if (created !== undefined) this.set((now() - created) / 1000)
    },
  })
  new Gauge({
    name: 'homophily_model_version',
    help: 'The version in service; 0 for none.',
    registers,
    collect() {
      this.set(service.live?.version ?? 0)
    },
  })
  new Gauge({
    name: 'homophily_events_since_training',
    help: 'Events that are counted beside the version in service.',
    registers,
    collect() {
      this.set(service.live ? service.live.activity.seq - service.live.upTo : 0)
    },
  })
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
