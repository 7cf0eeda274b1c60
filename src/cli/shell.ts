/** How commands are hung into the program: each hands its work to the shell, which runs it and prints its output. */
import type { CommonOptions, Context, Output } from './context.ts'

export interface Shell {
  run(options: CommonOptions, work: (context: Context) => Promise<Output>): Promise<void>
}
