import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { expect, it } from 'vitest';
import { VERSION } from '../version';

it('the widgets have the version of the package, which the Python classes ask for', () => {
  const said: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(z.object({ version: z.string() }).parse(said).version).toBe(VERSION);
});
