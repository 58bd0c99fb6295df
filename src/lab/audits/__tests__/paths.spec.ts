// @vitest-environment node
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { absolutePath, browserPath, folderOf, resubmissionPath } from '../paths';

it('makes paths of the file browser absolute, below a root that may begin with ~', () => {
  expect(absolutePath('a/b.json', '/home/me')).toBe('/home/me/a/b.json');
  expect(absolutePath('a/b.json', '~/hep/')).toBe('~/hep/a/b.json');
  expect(absolutePath('a.json', '/')).toBe('/a.json');
  expect(absolutePath('', '/home/me')).toBe('');
});

it('leaves alone what is absolute already', () => {
  for (const path of ['/eos/x', '~/x', '~', 'root://eos.example//eos/x']) {
    expect(absolutePath(path, '/home/me')).toBe(path);
  }
  expect(absolutePath(' ./a.json ', '/home/me')).toBe('/home/me/a.json');
});

it('goes back to the file browser, where the path lies below its root', () => {
  const part = fc.stringMatching(/^[a-z0-9 _-]{1,5}$/).filter(text => text.trim() === text);
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1 }),
      fc.constantFrom('/home/me', '~'),
      (parts, root) => {
        const path = parts.join('/');
        expect(browserPath(absolutePath(path, root), root)).toBe(path);
      }
    )
  );
  expect(browserPath('/elsewhere/x', '/home/me')).toBeNull();
  expect(browserPath('/home/meow/x', '/home/me')).toBeNull();
  expect(browserPath('/home/me', '/home/me/')).toBe('');
});

it('names the folder of a path, and the file beside it', () => {
  expect(folderOf('/a/b.json')).toBe('/a');
  expect(folderOf('/b.json')).toBe('/');
  expect(folderOf('b.json')).toBe('');
  expect(resubmissionPath('/a/samples_v1.json')).toBe('/a/samples_v1_missing.json');
  expect(resubmissionPath('/a/samples')).toBe('/a/samples_missing.json');
});
