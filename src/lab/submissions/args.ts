import * as z from 'zod';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { ConnectionId, SubmissionToken } from '../../contract';

const token = SubmissionToken.optional().meta({
  description: 'Token of the submission; left out: that of the panel in front, or the user chooses'
});

/** Arguments of the commands, as types. */
export const COMMAND_ARGS = {
  'new-submission': z.object({
    connection: ConnectionId.optional().meta({ description: 'Where the jobs go, to begin with' }),
    runner: z.string().optional().meta({ description: 'Path of the runner JSON' }),
    samples: z.string().optional().meta({ description: 'Path of the samples JSON' }),
    output: z.string().optional().meta({ description: 'Output folder' })
  }),
  'submit-missing': z.object({
    audit: z.string().meta({ description: 'Id of an audit that is done' }),
    datasets: z.array(z.string()).nullish().meta({ description: 'Left out: all' })
  }),
  'import-submission': z.object({
    connection: ConnectionId.optional(),
    folder: z.string().optional().meta({ description: 'Left out: the user is asked' })
  }),
  submission: z.object({ token })
} as const;

/** The same as JSON Schema, for `describedBy`. */
export function commandSchema(name: keyof typeof COMMAND_ARGS): ReadonlyJSONObject {
  const schema = z.toJSONSchema(COMMAND_ARGS[name], { target: 'draft-07', io: 'input' });
  return schema as ReadonlyJSONObject;
}
