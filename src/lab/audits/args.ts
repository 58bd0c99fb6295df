import * as z from 'zod';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { AuditRequest } from '../../contract';

const id = z.string().optional().meta({
  description: 'Id of the audit; left out: the audit of the panel in front'
});

/** Arguments of the commands, as types. */
export const COMMAND_ARGS = {
  'new-audit': z.object({
    samplesJson: z.string().optional().meta({ description: 'Path of the samples JSON' }),
    source: z.string().optional().meta({ description: 'Path of the output folder' }),
    on: z.string().optional().meta({
      description: 'Id of the connection to the host of the outputs; empty: this machine'
    }),
    inputsOn: AuditRequest.shape.inputsOn.optional(),
    convention: AuditRequest.shape.convention.optional(),
    logs: z.string().optional().meta({ description: 'Path of the folder of logs' }),
    chunk: z.union([z.string(), z.int()]).optional(),
    skipBadFiles: z.boolean().optional()
  }),
  'run-audit': AuditRequest,
  audit: z.object({ id }),
  'export-resubmission': z.object({
    id,
    datasets: z
      .array(z.string())
      .nullish()
      .meta({ description: 'Datasets to export; left out: all' }),
    path: z
      .string()
      .nullish()
      .meta({ description: 'Where to save; left out: the browser downloads it' })
  })
} as const;

/** The same as JSON Schema, for `describedBy`. */
export function commandSchema(name: keyof typeof COMMAND_ARGS): ReadonlyJSONObject {
  const schema = z.toJSONSchema(COMMAND_ARGS[name], { target: 'draft-07', io: 'input' });
  return schema as ReadonlyJSONObject;
}
