/** Sequences of nodes, one after the other: walks, or what people did in order. What skip-gram reads. */
export interface Sentences {
  /** Node rows. */
  readonly tokens: Int32Array
  /** Sentence s is tokens[offsets[s]] … tokens[offsets[s + 1] − 1]; one more entry than there are sentences. */
  readonly offsets: Uint32Array
}
