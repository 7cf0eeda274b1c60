/** Reads one file and prints what it took; a process of its own, so that the peak memory is that of reading. */
import { readInteractions } from '../../src/data/read.ts'

const start = performance.now()
const { interactions } = await readInteractions(process.argv[2])
const seconds = (performance.now() - start) / 1000
const { matrix } = interactions
const peak = process.resourceUsage().maxRSS / 1024
console.log(
  `${seconds.toFixed(2)} s, peak ${peak.toFixed(0)} MiB: ${matrix.rows} users, ${matrix.cols} items, ${matrix.nnz} entries`,
)
