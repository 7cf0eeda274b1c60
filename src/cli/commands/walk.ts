/** `homophily walk`: random walks over a graph, one per line. */
import type { Command } from 'commander'
import { z } from 'zod'
import { readNodeTypes } from '../../data/network/node-types.ts'
import { fail, quote } from '../../errors.ts'
import type { Sentences } from '../../graph/sentences.ts'
import { createMetapathWalker } from '../../graph/walks/metapath.ts'
import { biasSettings, walkSettings } from '../../graph/walks/settings.ts'
import { createWalker, type Walker } from '../../graph/walks/walker.ts'
import { type Method, resolveConfig } from '../../models/method.ts'
import { Random } from '../../random.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets, compressed, writePieces } from '../files.ts'
import { commonFlags, wholeNumber, words } from '../flags.ts'
import { graphFlags, type GraphFlags, type GraphInput, readGraph } from '../graph-source.ts'
import { addSettingFlags, givenSettings } from '../settings.ts'
import type { Shell } from '../shell.ts'
import { counted, duration } from '../text.ts'
import { grouped } from '../../evaluate/numbers.ts'

interface WalkFlags extends CommonOptions, GraphFlags {
  readonly metapath?: string[]
  readonly types?: string
  readonly separator: string
  readonly output?: string
  readonly seed: number
  readonly epoch: number
}

const config = z.strictObject({ ...walkSettings({ walks: 10, length: 40 }), ...biasSettings })
const walking: Method<z.output<typeof config>> = {
  name: 'walk',
  title: 'the walks',
  summary: 'Random walks over a graph.',
  config,
  presets: {},
}

export function addWalk(program: Command, shell: Shell): void {
  const command = program
    .command('walk')
    .description('random walks over a graph, one per line')
    .argument('<files...>', 'edges as CSV, TSV, words, adjacency lists, GraphML or GEXF; or events')
    .option('--metapath <types>', 'types of nodes to walk along, such as user,item,user', words)
    .option('--types <file>', 'a table of nodes and their types, where the graph has none')
    .option('--separator <text>', 'between the nodes of a walk', ' ')
    .option('--output <file>', 'write to a file; .gz compresses it (default: print)')
    .option('--seed <number>', 'seed of the walks', wholeNumber, 1)
    .option('--epoch <number>', 'which pass of walks: each has its own', wholeNumber, 0)
  addSettingFlags(command, walking)
  commonFlags(graphFlags(command)).action((files: string[], options: WalkFlags) =>
    shell.run(options, (context) => walk(context, files, options)),
  )
}

async function walk(context: Context, files: readonly string[], flags: WalkFlags): Promise<Output> {
  const settings = resolveConfig(walking, givenSettings(walking, { ...flags }))
  await checkTargets(flags.output)
  if (flags.metapath && (settings.p !== 1 || settings.q !== 1)) {
    throw fail('ARGUMENT', { what: 'walk', expected: '--metapath, or --p and --q', got: 'both' })
  }
  if (flags.types !== undefined && !flags.metapath) {
    throw fail('ARGUMENT', { what: '--types', expected: 'a --metapath to go with it', got: 'none' })
  }
  const input = await readGraph(context, files, flags)
  const walker = flags.metapath
    ? await alongPath(input, flags.metapath, flags.types, settings)
    : createWalker(input.graph, settings)
  const batches = walker.sentences(new Random(flags.seed), flags.epoch)
  for (const warning of context.warnings) context.notice(`! ${warning}`)
  if (flags.output === undefined) {
    const ids = input.graph.nodes.ids()
    return context.json ? jsonPieces(files, batches, ids) : lines(batches, ids, flags.separator)
  }
  return toFile(context, files, input, walker, batches, { ...flags, output: flags.output })
}

async function alongPath(
  { graph, edges }: GraphInput,
  path: readonly string[],
  file: string | undefined,
  settings: z.output<typeof config>,
): Promise<Walker> {
  const types = file === undefined ? edges.nodeTypes : await readNodeTypes(file, graph.nodes)
  if (!types) {
    throw fail('MISSING', {
      what: 'The nodes of this graph have no types to walk along',
      todo: 'Name a table of nodes and their types with --types.',
    })
  }
  return createMetapathWalker(graph, types, path, settings)
}

/** One walk per line. An id that holds the separator or a line break is an error. */
function* lines(batches: Iterable<Sentences>, ids: readonly string[], separator: string): Generator<string> {
  const bad = ids.find((id) => id.includes(separator) || /[\r\n]/.test(id))
  if (bad !== undefined || separator === '') {
    throw fail('ARGUMENT', {
      what: '--separator',
      expected: 'text that is in no id, and ids without line breaks (or --json)',
      got: bad === undefined ? 'nothing' : `${quote(separator)} and the id ${quote(bad)}`,
    })
  }
  for (const { tokens, offsets } of batches) {
    let text = ''
    for (let s = 0; s + 1 < offsets.length; s++) {
      for (let i = offsets[s]; i < offsets[s + 1]; i++) {
        text += i > offsets[s] ? separator + ids[tokens[i]] : ids[tokens[i]]
      }
      text += '\n'
    }
    yield text
  }
}

/** One document, in pieces: {"command": "walk", "files": […], "walks": [["a", "b"], …]} */
function* jsonPieces(
  files: readonly string[],
  batches: Iterable<Sentences>,
  ids: readonly string[],
): Generator<string> {
  const quoted = ids.map((id) => JSON.stringify(id))
  let comma = ''
  yield `{"command": "walk", "files": ${JSON.stringify(files)}, "walks": [`
  for (const { tokens, offsets } of batches) {
    let text = ''
    for (let s = 0; s + 1 < offsets.length; s++) {
      const walk = Array.from(tokens.subarray(offsets[s], offsets[s + 1]), (v) => quoted[v])
      text += `${comma}\n[${walk.join(', ')}]`
      comma = ','
    }
    yield text
  }
  yield '\n]}\n'
}

async function toFile(
  context: Context,
  files: readonly string[],
  { graph }: GraphInput,
  walker: Walker,
  batches: Iterable<Sentences>,
  { output, separator }: { readonly output: string; readonly separator: string },
): Promise<Output> {
  const started = performance.now()
  let [walks, tokens] = [0, 0]
  const counting = function* (): Generator<Sentences> {
    for (const batch of batches) {
      context.check()
      yield batch
      walks += batch.offsets.length - 1
      tokens += batch.tokens.length
      context.progress.show({ phase: 'walk', done: walks, of: walker.walks, unit: 'walks' })
    }
  }
  await writePieces(output, compressed(output, lines(counting(), graph.nodes.ids(), separator)))
  const seconds = (performance.now() - started) / 1000
  return context.answer(
    { command: 'walk', files, output, walks, tokens, seconds, warnings: context.warnings },
    `${output}: ${counted(walks, 'walk')} of ${grouped(tokens)} nodes in ${duration(seconds)}\n`,
  )
}
