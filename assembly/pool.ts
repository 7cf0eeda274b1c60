/**
 * One job at a time, shared by the calling thread and the workers. A job is a function of a chunk number; its arguments lie
 * in the control block, which every thread of one set of kernels sees at the same address.
 *
 * LEFT counts the unclaimed chunks down; whoever decrements it from a positive value owns a chunk. The job's fields are
 * only read by owners of a chunk, and the caller does not return before all chunks are done, so a worker that comes late
 * finds LEFT at zero or below and never sees half a job. Idle workers spin briefly, then sleep on EPOCH.
 */
const LEFT: usize = 0
const DONE: usize = 64
const EPOCH: usize = 128
const SLEEPING: usize = 132
const WAITING: usize = 192
const FAILED: usize = 196
const CHUNKS: usize = 256
const WORK: usize = 260
const ARGUMENTS: usize = 320
/** 256 float64 values for reductions. */
const PARTIALS: usize = 1024

/** Turns of a waiting loop before a thread sleeps: some tens of microseconds. */
const SPINS = 20000

// @ts-ignore: decorator
@external('pool', 'start') declare function startWorkers(): void

let control: usize = 0
let scratch: usize = 0
let threads: i32 = 1
let started: bool = false
let busy: bool = false

/** Binds this instance to a control block and to its own scratch memory. */
export function attach(block: usize, own: usize, count: i32): void {
  control = block
  scratch = own
  threads = count
}

// @ts-ignore: decorator
@inline export function jobArguments(): usize {
  return control + ARGUMENTS
}

// @ts-ignore: decorator
@inline export function partials(): usize {
  return control + PARTIALS
}

/** Scratch memory of the running thread. */
// @ts-ignore: decorator
@inline export function threadScratch(): usize {
  return scratch
}

/** Does chunks 0 … chunks − 1 of `work` (an index in the function table); `alone` keeps small jobs on this thread. */
export function run(work: u32, chunks: i32, alone: bool = false): void {
  if (alone || chunks < 2 || threads < 2) {
    for (let chunk = 0; chunk < chunks; chunk++) call_indirect<void>(work, chunk)
    return
  }
  if (!started) {
    started = true
    startWorkers()
  }
  if (busy) withdraw()
  busy = true
  store<i32>(control, chunks, CHUNKS)
  store<u32>(control, work, WORK)
  atomic.store<i32>(control, 0, FAILED)
  atomic.store<i32>(control, 0, DONE)
  atomic.store<i32>(control, chunks, LEFT)
  atomic.add<i32>(control, 1, EPOCH)
  if (atomic.load<i32>(control, SLEEPING) > 0) atomic.notify(control + EPOCH, threads - 1)
  for (let left = atomic.sub<i32>(control, 1, LEFT); left > 0; left = atomic.sub<i32>(control, 1, LEFT)) {
    call_indirect<void>(work, chunks - left)
    atomic.add<i32>(control, 1, DONE)
  }
  awaitDone(chunks)
  busy = false
  if (atomic.load<i32>(control, FAILED)) unreachable()
}

/** The caller trapped in its chunk of the last job: take back what nobody claimed and let the others finish theirs. */
function withdraw(): void {
  const left = atomic.xchg<i32>(control, 0, LEFT)
  awaitDone(load<i32>(control, CHUNKS) - max(left, 0) - 1)
}

function awaitDone(target: i32): void {
  for (let turn = 0; turn < SPINS; turn++) if (atomic.load<i32>(control, DONE) == target) return
  atomic.store<i32>(control, 1, WAITING)
  for (let done = atomic.load<i32>(control, DONE); done != target; done = atomic.load<i32>(control, DONE)) {
    atomic.wait<i32>(control + DONE, done, -1)
  }
  atomic.store<i32>(control, 0, WAITING)
}

function finishChunk(): void {
  atomic.add<i32>(control, 1, DONE)
  if (atomic.load<i32>(control, WAITING)) atomic.notify(control + DONE, 1)
}

/** A worker's life; it ends with the thread. */
export function work(): void {
  while (true) {
    const epoch = atomic.load<i32>(control, EPOCH)
    for (let turn = 0; turn < SPINS && atomic.load<i32>(control, LEFT) <= 0; turn++) {}
    if (atomic.load<i32>(control, LEFT) <= 0) {
      atomic.add<i32>(control, 1, SLEEPING)
      if (atomic.load<i32>(control, LEFT) <= 0) atomic.wait<i32>(control + EPOCH, epoch, -1)
      atomic.sub<i32>(control, 1, SLEEPING)
    }
    for (let left = atomic.sub<i32>(control, 1, LEFT); left > 0; left = atomic.sub<i32>(control, 1, LEFT)) {
      call_indirect<void>(load<u32>(control, WORK), load<i32>(control, CHUNKS) - left)
      finishChunk()
    }
  }
}

/** After a trap in a worker's chunk: the caller must not wait for it for ever; its call traps instead. */
export function abandonChunk(): void {
  atomic.store<i32>(control, 1, FAILED)
  finishChunk()
}
