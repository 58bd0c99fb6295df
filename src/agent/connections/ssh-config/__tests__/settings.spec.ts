import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { hopOf } from '../hop';
import { isOn, parseSshSettings, settingOf } from '../settings';
import { worldOf } from './world';

it('keeps every value of a setting that may be repeated, and takes lists of files apart', () => {
  const settings = parseSshSettings(
    'user me\nidentityfile ~/.ssh/a b\nidentityfile none\nuserknownhostsfile /a/1 /b 2 ~/c none\n'
  );
  expect(settings.get('identityfile')).toEqual(['~/.ssh/a b', 'none']);
  expect(settings.get('userknownhostsfile')).toEqual(['/a/1', '/b 2', '~/c', 'none']);
  expect([settingOf(settings, 'user'), settingOf(settings, 'port')]).toEqual(['me', null]);
});

it('understands yes and no in all the ways in which OpenSSH prints them', () => {
  const settings = parseSshSettings('a yes\nb true\nc no\nd false\ne none\n');
  expect(['a', 'b', 'c', 'd', 'e', 'f'].map(name => isOn(settings, name))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false
  ]);
  expect(isOn(settings, 'f', true)).toBe(true);
});

it('makes a hop of whatever is printed', () => {
  const noise = fc.array(
    fc.tuple(
      fc.constantFrom('port', 'user', 'identityfile', 'identityagent', 'connecttimeout', 'x', ''),
      fc.string({ unit: 'binary' })
    )
  );
  const property = fc.property(noise, lines => {
    const text = lines.map(([name, value]) => `${name} ${value}`).join('\n');
    const hop = hopOf('host', parseSshSettings(text), worldOf('/dev/null'));
    expect(hop.port).toSatisfy((port: number) => Number.isInteger(port) && port >= 0);
    expect(hop.methods).toEqual(['publickey', 'keyboard-interactive', 'password']);
  });
  fc.assert(property);
});
