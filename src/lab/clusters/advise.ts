import type { CommandRegistry } from '@lumino/commands';
import type { LossAdvice } from '../../contract';
import { COMMANDS } from './command-ids';
import type { Notebooks } from './notebooks';

/** Follows an advice: code into the notebook, or the form of a cluster with more memory. */
export function adviser(options: {
  readonly commands: CommandRegistry;
  readonly notebooks: Notebooks;
}): (id: string, advice: LossAdvice) => void {
  const { commands, notebooks } = options;
  return (id, advice) => {
    if (advice.kind === 'raise-memory') {
      const args = { like: id, memory: advice.memory };
      // What fails is shown by the command.
      commands.execute(COMMANDS.create, args).catch(() => undefined);
      return;
    }
    void notebooks.give(advice.code);
  };
}
