import { execFileSync } from 'node:child_process';
import * as z from 'zod';
import { prompts } from '../../../contract';
import type { Call, Prompt } from '../../../contract';
import { nextPrompt } from './served';

/** What these tests want to know of the SSH servers of the test bed. */
export const SSH_SERVERS = {
  name: 'ssh',
  told: z.object({
    user: z.string(),
    sshConfig: z.string(),
    oneTimeCode: z.string(),
    password: z.string().default(''),
    krb5Config: z.string().default(''),
    principal: z.string().default('')
  })
};

/** What these tests want to know of its realm. */
export const REALM = {
  name: 'kerberos',
  told: z.object({
    krb5Config: z.string(),
    principal: z.string(),
    briefPrincipal: z.string(),
    password: z.string()
  })
};

/** The one-time code of this moment. */
export function oneTimeCode({ oneTimeCode: program }: { oneTimeCode: string }): string {
  return execFileSync(program, { encoding: 'utf8' }).trim();
}

/** Answers the next question, which it returns; null cancels it. */
export async function answerNext(call: Call, answer: string | null): Promise<Prompt> {
  const prompt = await nextPrompt(call);
  const { id } = prompt;
  await (answer === null ? call(prompts.cancel, { id }) : call(prompts.answer, { id, answer }));
  return prompt;
}
