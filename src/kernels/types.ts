/**
 * The numeric floor: one interface, two backends (native C++, WASM). Every argument array must come from the kernel heap
 * (see heap.ts) so that both backends can use it in place. Matrices are row-major float32. Every kernel is synchronous, uses
 * all threads, and gives bit-identical results at any thread count: work is cut into chunks whose size depends only on the
 * shapes, and partial results are combined in chunk order.
 *
 * Shapes are checked by the tensor layer; kernels themselves trust their arguments.
 */
export type UnaryOp =
  | 'relu'
  | 'leakyRelu'
  | 'elu'
  | 'sigmoid'
  | 'tanh'
  | 'softplus'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'square'
  | 'reciprocal'
export type BinaryOp = 'add' | 'sub' | 'mul' | 'div'
export type RowReduction = 'sum' | 'sumSquares' | 'max' | 'logSumExp'

export interface AdamSettings {
  readonly rate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** L2 penalty added to the gradient (Adam) … */
  readonly l2: number
  /** … or decoupled decay of the weights (AdamW). */
  readonly decay: number
  /** 1-based number of this step, for the bias correction. */
  readonly step: number
}

export interface SgnsSettings {
  /** Greatest distance of a context; each centre draws its own from 1 … window. At most 1,000. */
  readonly window: number
  /** Negatives of each pair, or of each centre when shared; at most 63. One that is the centre itself is left out. */
  readonly negatives: number
  /** Whether all pairs of a centre share one set of negatives. */
  readonly shared: boolean
  /** The same bits at any number of threads; else threads update the matrices without locks (Hogwild). */
  readonly deterministic: boolean
  /** A 32-bit integer: with a sentence's number it names the sentence's stream of random numbers. */
  readonly seed: number
  /** Number of the first sentence, so that a batch cut in pieces draws what it draws whole. */
  readonly first: number
  /** Learning rate at the first token … */
  readonly rate: number
  /** … and after the last, falling linearly by the tokens before each sentence. */
  readonly rateEnd: number
}

export interface Kernels {
  readonly backend: 'native' | 'wasm'
  /** Instruction set in use: `avx512`, `avx2`, `baseline`, `neon`, `relaxed-simd`. */
  readonly isa: string
  readonly threads: number

  /** C[m×n] = alpha · op(A)[m×k] · op(B)[k×n] + beta · C, with row strides. beta = 0 overwrites (NaN in C is ignored). */
  gemm(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    alpha: number,
    a: Float32Array,
    lda: number,
    b: Float32Array,
    ldb: number,
    beta: number,
    c: Float32Array,
    ldc: number,
  ): void

  /**
   * Y[r] = alpha · Σ_e value_e · X[index_e] + beta · Y[r] over the entries of row r of a CSR matrix.
   * `values` null means ones. `rows` null means all `indptr.length − 1` rows; else Y's row j is the product's row `rows[j]`.
   * `mask` (one byte per row of X) skips entries whose column has mask 0: the product with a row-sparse X.
   */
  spmm(
    indptr: Uint32Array,
    indices: Int32Array,
    values: Float32Array | null,
    x: Float32Array,
    d: number,
    alpha: number,
    beta: number,
    y: Float32Array,
    rows: Int32Array | null,
    mask: Uint8Array | null,
  ): void

  /** out[j] = x[index[j]], rows of length d. */
  gatherRows(x: Float32Array, d: number, index: Int32Array, out: Float32Array): void
  /** out[index[j]] += x[j] in the order of j, rows of length d. */
  scatterAddRows(x: Float32Array, d: number, index: Int32Array, out: Float32Array): void

  /** out = op(x). `a`: slope of leakyRelu. `log` takes max(x, 1e-38). */
  unary(op: UnaryOp, x: Float32Array, out: Float32Array, a: number): void
  /** gx += gy · op'(x), where y = op(x) is at hand. */
  unaryGrad(
    op: UnaryOp,
    x: Float32Array,
    y: Float32Array,
    gy: Float32Array,
    gx: Float32Array,
    a: number,
  ): void
  /** out = x op y, elementwise; out may be x or y. */
  binary(op: BinaryOp, x: Float32Array, y: Float32Array, out: Float32Array): void
  /** y += alpha · x. */
  axpy(alpha: number, x: Float32Array, y: Float32Array): void
  /** out = value everywhere. */
  fill(value: number, out: Float32Array): void
  /** out = alpha · x + beta (broadcast scalars); out may be x. */
  affine(alpha: number, beta: number, x: Float32Array, out: Float32Array): void

  /** out[i] = a[i] · b[i] (dot products of rows). */
  rowDot(a: Float32Array, b: Float32Array, rows: number, d: number, out: Float32Array): void
  /** out[i,j] = s[i] · x[i,j] + beta · out[i,j]. */
  scaleRows(x: Float32Array, s: Float32Array, rows: number, d: number, beta: number, out: Float32Array): void
  /** out[i,j] = x[i,j] + v[j]; out may be x. */
  addToRows(x: Float32Array, v: Float32Array, rows: number, d: number, out: Float32Array): void
  rowReduce(op: RowReduction, x: Float32Array, rows: number, d: number, out: Float32Array): void
  /** out[i] = softmax(x[i]); out may be x. */
  rowSoftmax(x: Float32Array, rows: number, d: number, out: Float32Array): void
  /** out[j] = Σ_i x[i,j] + beta · out[j]. */
  columnSum(x: Float32Array, rows: number, d: number, beta: number, out: Float32Array): void
  /** Σ x, accumulated in float64. */
  sum(x: Float32Array): number
  /** out[cols×rows] = xᵀ. */
  transpose(x: Float32Array, rows: number, cols: number, out: Float32Array): void
  /** out[i] uniform in [0, 1), a pure function of (seed, i): two rounds of a 32-bit integer hash, top 24 bits. */
  uniform(seed: number, out: Float32Array): void

  /** One Adam step on p (Kingma & Ba 2015, with decoupled decay after Loshchilov & Hutter 2019). */
  adam(p: Float32Array, g: Float32Array, m: Float32Array, v: Float32Array, settings: AdamSettings): void
  /** velocity = momentum · velocity + g + l2 · p; p −= rate · velocity. */
  sgd(
    p: Float32Array,
    g: Float32Array,
    velocity: Float32Array,
    rate: number,
    momentum: number,
    l2: number,
  ): void

  /**
   * The k largest of each row of scores[rows×n], best first; equal scores are ordered by column. Row i never answers
   * columns in maskIndices[maskPtr[maskRows[i]] … maskPtr[maskRows[i]+1]) (sorted ascending), nor any whose score is −Infinity or NaN.
   * Unfilled places get index −1 and score −Infinity. maskPtr null: no mask.
   */
  topK(
    scores: Float32Array,
    rows: number,
    n: number,
    k: number,
    maskPtr: Uint32Array | null,
    maskIndices: Int32Array | null,
    maskRows: Int32Array | null,
    outIndex: Int32Array,
    outScore: Float32Array,
  ): void

  /**
   * Skip-gram with negative sampling over sentences (tokens, offsets as in graph/sentences.ts): steps on input and output
   * (nodes × d) up the gradient of ln σ(y_c · x_w) + Σ_k ln σ(−y_k · x_w) for each centre c and context w, x being
   * rows of input and y of output. A step for each pair, one after the other; `shared` draws the negatives once for all pairs of a
   * centre instead of anew for each.
   *
   * noise: an alias table; cell i is [threshold, other]: with i uniform and r uniform in 32 bits, node i if r < threshold, else
   * `other`. keep: a token stays if r ≤ keep[node] (subsampling); null keeps all. stats gets the loss
   * −ln σ(y_c · x_w) − Σ_k ln σ(−y_k · x_w) summed over the pairs of each sentence, and the number of these pairs.
   */
  sgns(
    tokens: Int32Array,
    offsets: Uint32Array,
    input: Float32Array,
    output: Float32Array,
    d: number,
    noise: Uint32Array,
    keep: Uint32Array | null,
    stats: Float32Array,
    settings: SgnsSettings,
  ): void

  /**
   * The nearest of k centres (k × d) for each row of x (rows × d): labels[i] = the j of the least scores[i] = ‖c_j‖² − 2 x_i·c_j, the first
   * of equal ones. sums (k × d), if not null, gets the sum of the rows of each label. For centres that stay in the cache: each
   * pair of rows reads them all.
   */
  nearestCentres(
    x: Float32Array,
    rows: number,
    d: number,
    centres: Float32Array,
    k: number,
    labels: Int32Array,
    scores: Float32Array,
    sums: Float32Array | null,
  ): void
}
