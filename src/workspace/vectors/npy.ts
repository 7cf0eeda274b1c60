/** NumPy: an .npy file of n × d float32, and beside it the ids, one a line in the order of the rows, escaped as words. */
import { npyHeader, readNpy } from '../../data/npy.ts'
import { scanLines } from '../../data/lines.ts'
import { display, readBytes } from '../../data/source.ts'
import { fail } from '../../errors.ts'
import { exists, replaceFile, replaceText } from '../atomic.ts'
import { escapeId, unescapeId } from './escape.ts'
import { idText, type Vectors, vectorsFromTable } from './vectors.ts'

/** `vectors.npy` → `vectors.ids.txt` */
function idsPath(path: string): string {
  return `${path.replace(/\.npy$/i, '')}.ids.txt`
}

/** The ids come first: an .npy file that is there has its ids. */
export async function writeNpy(path: string, { nodes, dim, data }: Vectors): Promise<void> {
  await replaceText(idsPath(path), Array.from(nodes, (id) => `${escapeId(id)}\n`).join(''))
  await replaceFile(path, async (handle) => {
    await handle.writeFile(npyHeader(nodes.size, dim))
    await handle.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  })
}

/** `ids`: the file of the ids, where it is not the one beside the vectors. */
export async function readNpyVectors(path: string, ids = idsPath(path)): Promise<Vectors> {
  if (!(await exists(ids))) {
    throw fail('MISSING', {
      what: `there is no file ${ids} with the ids of the rows of ${display(path)}, one a line`,
      todo: 'Write one, or name it with --ids.',
    })
  }
  const { rows, cols, data } = await readNpy(path, (length) => new Float32Array(length))
  const names = await readIdLines(ids)
  if (names.length !== rows) {
    throw fail('DATA', {
      file: ids,
      line: names.length,
      expected: `${rows} ids, one for each row of ${display(path)}`,
      got: String(names.length),
    })
  }
  return vectorsFromTable(display(path), names, data, cols)
}

/** The ids of a file with one a line. */
export async function readIdLines(path: string): Promise<string[]> {
  const ids: string[] = []
  await scanLines(display(path), readBytes(path), (bytes, start, end, line) => {
    if (start === end) throw fail('DATA', { file: path, line, expected: 'an id', got: 'an empty line' })
    ids.push(unescapeId(idText(bytes.subarray(start, end), { file: path, line })))
  })
  return ids
}
