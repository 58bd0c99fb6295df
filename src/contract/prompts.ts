import * as z from 'zod';
import { get, post } from './endpoint';

/**
 * Something that a host or a program asks the user. Answers live in memory for as long as it takes
 * to hand them over, and nowhere else.
 */
export const Prompt = z.object({
  id: z.string(),
  connection: z.string().nullable().meta({ description: 'Id of the connection it is asked for' }),
  title: z.string().meta({ description: 'Who asks, such as hepuser@lxplus.cern.ch' }),
  text: z.string().meta({ description: 'The words of the host, unchanged; data, never markup' }),
  kind: z.enum(['secret', 'text', 'host-key']),
  hostKey: z
    .object({
      host: z.string(),
      algorithm: z.string(),
      fingerprint: z.string().meta({ description: 'SHA256:… as ssh shows it' }),
      file: z.string().meta({ description: 'known_hosts file that takes the key on yes' })
    })
    .nullable(),
  again: z.boolean().meta({ description: 'The answer before this one was not accepted' }),
  askedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime()
});
export type Prompt = z.infer<typeof Prompt>;

/** How a prompt ended. */
export const PromptEnd = z.enum(['answered', 'cancelled', 'expired']);
export type PromptEnd = z.infer<typeof PromptEnd>;

export const prompts = {
  list: get('/prompts', z.object({ prompts: z.array(Prompt) })),
  /** The first answer counts; a second one gets `conflict`. For a host key it is `yes`. */
  answer: post('/prompts/answer', z.object({ id: z.string(), answer: z.string() }), z.object({})),
  cancel: post('/prompts/cancel', z.object({ id: z.string() }), z.object({}))
};
