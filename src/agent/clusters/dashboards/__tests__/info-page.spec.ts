/** How the info pages are mended on their way. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { INFO_STYLE_PATH, isInfoPage, mendInfoPage } from '../info-page';

const page = readFileSync(fileURLToPath(new URL('data/workers.html', import.meta.url)));

const mend = (pieces: Buffer[]) => buffer(Readable.from(pieces).pipe(mendInfoPage()));

it('asks for nothing outside of the dashboard any more, and is else the same', async () => {
  const mended = (await mend([page])).toString();
  const links = [...mended.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link ?? '');
  expect(links.length).toBeGreaterThan(10);
  const base = 'http://lab/dash/info/main/workers.html';
  for (const link of links) {
    expect(new URL(link, base).href, link).toMatch(/^http:\/\/lab\/dash\//);
  }
  expect(links).toContain(`../../${INFO_STYLE_PATH}`);
  expect(links).toContain('../../statics/js/sortable.min.js');
  const count = (text: string, word: string) => text.split(word).length - 1;
  expect(count(mended, '<td>')).toBe(count(page.toString(), '<td>'));
});

it('comes out the same in whatever pieces it comes in, with every byte', async () => {
  const bytes = Buffer.concat([page, Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from('é')]);
  const whole = await mend([bytes]);
  expect(whole.subarray(-6)).toEqual(bytes.subarray(-6));
  const cuts = fc.array(fc.nat(bytes.length), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(cuts, async places => {
      const at = [0, ...places.sort((a, b) => a - b), bytes.length];
      const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
      expect(await mend(pieces)).toEqual(whole);
    }),
    { numRuns: 50 }
  );
});

it('knows them by their path', () => {
  expect(isInfoPage('info/main/workers.html')).toBe(true);
  expect(isInfoPage('info/worker/tcp%3A%2F%2Fx.html')).toBe(true);
  expect(isInfoPage('info')).toBe(false);
  expect(isInfoPage('status')).toBe(false);
  expect(isInfoPage('static/info/main/x.js')).toBe(false);
});
