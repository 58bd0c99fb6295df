import * as fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Ask, Question } from '../../../asker';
import { call, oddServer, wants } from './odd-server';
import type { IOddServer } from './odd-server';

const servers: IOddServer[] = [];
afterAll(() => servers.forEach(server => server.end()));

/** What a server may say: control characters, escapes of terminals, markup, any script. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    '\x1b]0;title\x07\x1b[2J',
    '<img src=x onerror=alert(1)>',
    '**Password** [here](javascript:1)\r\n',
    '\u202egnp.exe',
    'Password: ',
    '\0'
  )
);

/** A round of questions, and the answers it gets. */
const anyRound = fc.array(
  fc.record({ prompt: anyText, echo: fc.boolean(), answer: fc.string({ unit: 'binary' }) }),
  { minLength: 1, maxLength: 5 }
);

it('hands every question to the user as it is, and every answer to the server', async () => {
  const property = fc.asyncProperty(fc.array(anyRound, { minLength: 1, maxLength: 3 }), rounds =>
    checkRounds(rounds)
  );
  await fc.assert(property, { numRuns: 25 });
});

async function checkRounds(rounds: { prompt: string; echo: boolean; answer: string }[][]) {
  const got: string[][] = [];
  const server = await oddServer(client => {
    wants(client, 'keyboard-interactive', context => {
      const ask = (n: number) => {
        const round = rounds[n];
        if (round === undefined) {
          context.accept();
          return;
        }
        context.prompt(
          round.map(({ prompt, echo }) => ({ prompt, echo })),
          answers => {
            got.push(answers);
            ask(n + 1);
          }
        );
      };
      ask(0);
    });
  });
  servers.push(server);
  const all = rounds.flat();
  const questions: Question[] = [];
  const answer: Ask = question => {
    questions.push(question);
    return Promise.resolve(all[questions.length - 1]?.answer ?? null);
  };
  const chain = await call(server.route(), answer);
  chain.end('done');
  expect(questions.map(({ text, kind }) => ({ text, kind }))).toEqual(
    all.map(({ prompt, echo }) => ({ text: prompt, kind: echo ? 'text' : 'secret' }))
  );
  expect(got).toEqual(rounds.map(round => round.map(({ answer }) => answer)));
}

it('puts what the server says above its next question, once', async () => {
  const server = await oddServer(
    client => {
      wants(client, 'keyboard-interactive', context => {
        context.prompt('First: ', 'Name', 'Push was sent\n', () => {
          context.prompt('Second: ', () => context.accept());
        });
      });
    },
    { banner: 'Only for <b>members</b>\r\n' }
  );
  servers.push(server);
  const texts: string[] = [];
  const chain = await call(server.route(), ({ text }) => {
    texts.push(text);
    return Promise.resolve('x');
  });
  chain.end('done');
  expect(texts).toEqual(['Only for <b>members</b>\nName\nPush was sent\nFirst: ', 'Second: ']);
});
