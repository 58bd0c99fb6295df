import * as z from 'zod';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { Backend, ConnectionId, connections } from '../../contract';

const id = ConnectionId.optional().meta({
  description: 'Id of the connection; left out: the user chooses'
});

/** Arguments of the commands, as types. */
export const COMMAND_ARGS = {
  'new-connection': z.object({
    backend: Backend.optional().meta({ description: 'How work runs there, to begin with' })
  }),
  connection: z.object({ id }),
  ticket: z.object({
    id,
    principal: z
      .string()
      .optional()
      .meta({ description: 'Such as name@CERN.CH; left out: that of the settings' })
  }),
  proxy: z.object({
    id,
    voms: z.string().optional().meta({ description: 'Left out: that of the settings' }),
    hours: connections.proxy.body.shape.hours
      .unwrap()
      .optional()
      .meta({ description: 'Left out: that of the settings' })
  })
} as const;

/** The same as JSON Schema, for `describedBy`. */
export function commandSchema(name: keyof typeof COMMAND_ARGS): ReadonlyJSONObject {
  const schema = z.toJSONSchema(COMMAND_ARGS[name], { target: 'draft-07', io: 'input' });
  return schema as ReadonlyJSONObject;
}
