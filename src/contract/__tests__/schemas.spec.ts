/** What the contract says can be said to others, too: as JSON Schema, as a published file. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as contract from '..';

const root = fileURLToPath(new URL('../../..', import.meta.url));

type Endpoint = contract.IEndpoint<z.ZodType, z.ZodType>;

/** Every `get(...)` and `post(...)` that the contract exports, as `feature.verb`. */
function endpoints(): [name: string, endpoint: Endpoint][] {
  const found: [string, Endpoint][] = [];
  for (const [feature, members] of Object.entries<unknown>(contract)) {
    if (typeof members === 'object' && members !== null && !(members instanceof z.ZodType)) {
      for (const [verb, member] of Object.entries<unknown>({ ...members })) {
        if (isEndpoint(member)) {
          found.push([`${feature}.${verb}`, member]);
        }
      }
    }
  }
  return found;
}

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'method' in value && 'reply' in value;
}

describe('the endpoints', () => {
  it('are found by this test: the handshake and all verbs of the audits', () => {
    const names = endpoints().map(([name]) => name);
    expect(names).toContain('agent.info');
    expect(names.filter(name => name.startsWith('audits.'))).toHaveLength(
      Object.keys(contract.audits).length
    );
  });

  it('have each a verb and path of its own', () => {
    const addresses = endpoints().map(([, { method, path }]) => `${method} ${path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses).not.toContain(`GET ${contract.EVENTS_PATH}`);
  });

  it.each(endpoints())('%s: body and reply convert to JSON Schema', (_name, endpoint) => {
    const { method, path, body, reply } = endpoint;
    expect(path).toMatch(/^(\/[a-z-]+)+$/);
    // What is not JSON throws here: a transform, a date, a map, undefined.
    for (const io of ['input', 'output'] as const) {
      expect(z.toJSONSchema(reply, { io })).toHaveProperty('$schema');
      if (method === 'POST') {
        expect(z.toJSONSchema(body, { io })).toHaveProperty('type', 'object');
      }
    }
    if (method === 'GET') {
      expect(body.safeParse(undefined).success).toBe(true);
      expect(body.safeParse({}).success).toBe(false);
    }
  });

  it('would be refused with a type that is not JSON', () => {
    expect(() => z.toJSONSchema(contract.get('/x', z.date()).reply)).toThrow(/date/i);
  });
});

it('what travels outside the endpoints converts as well', () => {
  for (const io of ['input', 'output'] as const) {
    expect(JSON.stringify(z.toJSONSchema(contract.AgentEvent, { io }))).toContain('"sequence"');
  }
  expect(z.toJSONSchema(contract.Failure)).toHaveProperty('properties.data.required', ['next']);
});

it('every field of a request has a title for the form, and its default is legal', () => {
  const { shape } = contract.AuditRequest;
  for (const [name, field] of Object.entries<z.ZodType>(shape)) {
    expect(z.globalRegistry.get(field)?.title, name).toBeTruthy();
  }
  const least = { samplesJson: '/s.json', source: '/out', convention: 'DAS' as const };
  const request = contract.AuditRequest.parse(least);
  expect(contract.AuditRequest.parse(request)).toEqual(request);
  expect(request).toMatchObject({ expected: 'auto', variations: 'all', check: 'new' });
});

it('counts always have all nine statuses, and no other', () => {
  const none = contract.noFiles();
  expect(Object.keys(none)).toEqual([...contract.FILE_STATUSES]);
  expect(contract.FileCounts.safeParse(none).success).toBe(true);
  for (const status of contract.FILE_STATUSES) {
    const eight = Object.entries(none).filter(([key]) => key !== status);
    const isFine = contract.FileCounts.safeParse(Object.fromEntries(eight)).success;
    expect(isFine, status).toBe(false);
  }
  expect(contract.FileCounts.safeParse({ ...none, done: 1 }).success).toBe(false);
});

describe('docs/report.schema.json', () => {
  it('is what the contract gives (npm run docs writes it)', () => {
    const checked = spawnSync(process.execPath, ['docs/make_schemas.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8'
    });
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });

  it('asks for the version of the report that the contract has', () => {
    const published: unknown = JSON.parse(readFileSync(`${root}/docs/report.schema.json`, 'utf8'));
    expect(published).toMatchObject({
      ...z.toJSONSchema(contract.AuditReport),
      properties: { version: { const: 1 } }
    });
  });
});
