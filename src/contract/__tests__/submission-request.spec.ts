import { expect, it } from 'vitest';
import { JsonSource, SubmissionRequest } from '../submission-request';

it.each(['/afs/cern.ch/user/m/me/samples.json', '~/samples.json', '~'])(
  'takes the path %s',
  path => {
    expect(JsonSource.parse({ kind: 'path', path })).toEqual({ kind: 'path', path });
  }
);

it.each(['', 'samples.json', './samples.json', '~other/samples.json', '/a\nb'])(
  'takes no path that depends on where somebody is: %j',
  path => {
    expect(JsonSource.safeParse({ kind: 'path', path }).success).toBe(false);
  }
);

it('takes what is in a file in the place of its path, and never both', () => {
  const content = { kind: 'content', name: 'samples.json', json: { GJet: ['/a.root'] } };
  expect(JsonSource.parse(content)).toEqual(content);
  expect(JsonSource.safeParse({ ...content, name: 'a/b.json' }).success).toBe(false);
  expect(JsonSource.safeParse({ kind: 'content', path: '/a.json' }).success).toBe(false);
  expect(JsonSource.safeParse({ ...content, json: undefined }).success).toBe(false);
});

it('takes the samples JSON of the runner JSON where none is given', () => {
  const runner = { kind: 'path', path: '/an.json' } as const;
  const { samples } = SubmissionRequest.parse({ connection: 'vanilla-local', runner });
  expect(samples).toBeNull();
});
