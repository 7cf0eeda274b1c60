/** `--checkpoint` and `--resume`: long trainings that can be stopped and gone on with. */
import type { Command } from 'commander'
import type { RunOptions, Snapshot } from '../train/run.ts'
import { resumeTraining, snapshotKeeper, type TrainingIdentity } from '../workspace/resuming.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { Context } from './context.ts'
import { decimalNumber } from './flags.ts'

export interface CheckpointFlags {
  readonly checkpoint?: true | number
  readonly resume?: boolean
}

export function checkpointFlags(command: Command): Command {
  return command
    .option(
      '--checkpoint [seconds]',
      'keep the state of the training, at most this often (default: 60)',
      decimalNumber,
    )
    .option('--resume', 'go on from the checkpoint of the same training')
}

/** Whether checkpoints were asked for; if so, an interruption says how to go on. */
export function keepsCheckpoints(context: Context, { checkpoint, resume }: CheckpointFlags): boolean {
  const wanted = checkpoint !== undefined || resume === true
  if (wanted)
    context.interrupted = 'interrupted; the model was not saved; --resume goes on from the last checkpoint'
  return wanted
}

/** What a training is told: where to go on, and where to keep its snapshots. */
export async function checkpointing(
  context: Context,
  workspace: Workspace,
  name: string,
  identity: TrainingIdentity,
  { checkpoint = 60, resume }: CheckpointFlags,
): Promise<Required<Pick<RunOptions, 'onSnapshot'>> & { readonly resume: Snapshot | null }> {
  const snapshot = resume ? await resumeTraining(workspace, name, identity) : null
  if (resume)
    context.notice(
      snapshot
        ? `going on after epoch ${snapshot.epoch}`
        : `there is no checkpoint of ${name}: starting from the beginning`,
    )
  const keep = snapshotKeeper(workspace, name, identity, checkpoint === true ? 60 : checkpoint)
  return { resume: snapshot, onSnapshot: keep }
}
