import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

interface Event {
  type: string;
  data: { event_id: number; repository?: { repo_name: string }; expunged?: true };
}
interface Page {
  events: Event[];
  cursor: string;
}

let gateway: TestGateway;
let bob: { key: string };

/** Of an event that is written by hand. */
const LATE = { event_id: 0, actor: { user_id: null, username: 'late' }, request_id: null };

beforeAll(async () => {
  gateway = await startTestGateway();
  bob = await gateway.createUser('bob');
  await gateway.call('create_repo', { repo_name: 'open', repo_type: 'git' });
  await gateway.call('create_repo', { repo_name: 'secret', repo_type: 'git', private: true });
  await gateway.call('create_repo', { repo_name: 'bobs', repo_type: 'git', owner: 'bob', private: true });
});
afterAll(() => gateway.close());

const read = (args: object = {}, key?: string) => gateway.call<Page>('get_events', args, key);
const now = async (key?: string) => (await read({ cursor: 'now' }, key)).cursor;
const describeRepo = (repoid: string, description: string) =>
  gateway.call('update_repo', { repoid, description });
const told = ({ events }: Page) => events.map(({ type, data }) => [type, data.repository?.repo_name]);

describe('the event log', () => {
  it('is read from a cursor on, each event once and in order', async () => {
    let cursor = await now();
    await describeRepo('open', 'a');
    await describeRepo('open', 'b');
    await describeRepo('secret', 'c');
    // What an open transaction, of whomever on this server, could still come before is not shown yet
    await expect.poll(async () => (await read({ cursor })).events.length).toBe(3);
    const seen: Page[] = [];
    for (
      let page = await read({ cursor, limit: 2 });
      page.events.length > 0;
      page = await read({ cursor, limit: 2 })
    ) {
      seen.push(page);
      cursor = page.cursor;
    }
    expect(seen.map(told)).toEqual([
      [
        ['repo.updated', 'open'],
        ['repo.updated', 'open'],
      ],
      [['repo.updated', 'secret']],
    ]);
  });

  it('does not pass over an event whose transaction commits after a later one', async () => {
    const cursor = await now();
    const db = gateway.app.get(Database);
    let commit: () => void = () => undefined;
    const late = db.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO event (occurred_at, type, version, group_ids, body)
         VALUES (now(), 'repo.updated', 1, '{}', $1)`,
        [
          JSON.stringify({
            type: 'repo.updated',
            version: 1,
            timestamp: '2026-03-06T10:15:33.120Z',
            data: LATE,
          }),
        ],
      );
      await new Promise<void>((resolve) => (commit = resolve));
    });
    await expect.poll(() => commit.length).toBe(1);
    await describeRepo('open', 'while another is open');
    const before = await read({ cursor });
    commit();
    await late;
    const after = await read({ cursor: before.cursor, wait_s: 5 });
    expect([...before.events, ...after.events].map(({ data }) => data.event_id)).toContain(0);
    expect([...told(before), ...told(after)]).toHaveLength(2);
  });

  it('shows everybody what he may see: of a repository he reads its pull requests, of his own everything', async () => {
    const cursor = await now();
    await describeRepo('open', 'd');
    await describeRepo('secret', 'e');
    await describeRepo('bobs', 'f');
    await gateway.call('comment_changeset', {}).catch(() => undefined);
    await read({ cursor, wait_s: 2, event_types: ['repo.updated'], repoid: 'bobs' });
    expect(told(await read({ cursor }, bob.key))).toEqual([['repo.updated', 'bobs']]);
    expect(await gateway.refusal('get_events', { repoid: 'secret' }, bob.key)).toBe(
      'repository `secret` does not exist',
    );
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', {
      description: 'x',
      scopes: ['read', 'repo:open'],
    });
    expect(told(await read({ cursor }, api_key))).toEqual([['repo.updated', 'open']]);
  });

  it('can be waited for', async () => {
    const cursor = await now();
    const waiting = read({ cursor, wait_s: 20, event_types: ['repo.updated'] });
    await describeRepo('open', 'at last');
    expect(told(await waiting)).toEqual([['repo.updated', 'open']]);
    const begun = performance.now();
    expect((await read({ cursor: await now(), wait_s: 1 })).events).toEqual([]);
    expect(performance.now() - begun).toBeGreaterThan(900);
  });

  it.each([
    [{ cursor: '1' }, /`cursor`/],
    [{ event_types: ['nothing.known'] }, /event_types/],
    [{ since: 'yesterday' }, /`since`/],
  ])('refuses %j', async (args, words) => {
    expect(await gateway.refusal('get_events', args)).toMatch(words);
  });
});

describe('GET /_admin/events', () => {
  /** Reads until `count` events have come, then leaves. */
  async function listen(
    count: number,
    headers: Record<string, string>,
    query = '',
  ): Promise<Record<string, string>[]> {
    const leave = new AbortController();
    const response = await fetch(`${gateway.url}/_admin/events${query}`, { headers, signal: leave.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events: Record<string, string>[] = [];
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const event = Object.fromEntries(
          part.split('\n').map((line) => /^(\w+): (.*)$/.exec(line)?.slice(1) ?? []),
        );
        if (event.data) events.push(event as Record<string, string>);
      }
      if (events.length >= count) break;
    }
    leave.abort();
    return events;
  }
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  it('tells events as they happen, and goes on after Last-Event-ID', async () => {
    const cursor = await now();
    const listening = listen(
      1,
      { ...bearer(gateway.adminKey), 'last-event-id': cursor },
      '?event_types=repo.updated',
    );
    await describeRepo('open', 'one');
    const [first] = await listening;
    expect(first?.event).toBe('repo.updated');
    expect(JSON.parse(first?.data ?? '')).toMatchObject({
      type: 'repo.updated',
      data: { repo: { description: 'one' } },
    });
    await describeRepo('open', 'two');
    await describeRepo('open', 'three');
    const rest = await listen(2, { ...bearer(gateway.adminKey), 'last-event-id': first?.id ?? '' });
    const said = rest.map(
      ({ data }) => (JSON.parse(data ?? '') as { data: { repo: { description: string } } }).data,
    );
    expect(said.map(({ repo }) => repo.description)).toEqual(['two', 'three']);
  });

  it('keeps to the rights of whoever listens', async () => {
    const cursor = await now();
    await describeRepo('secret', 'not for bob');
    await describeRepo('bobs', 'for bob');
    const events = await listen(1, { ...bearer(bob.key), 'last-event-id': cursor });
    expect(events.map(({ data }) => data?.includes('for bob'))).toEqual([true]);
    expect(events[0]?.data).not.toContain('not for bob');
    const nobody = await fetch(`${gateway.url}/_admin/events`);
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Basic'),
    ]);
    const wrong = await fetch(`${gateway.url}/_admin/events?repoid=secret`, { headers: bearer(bob.key) });
    expect([wrong.status, await wrong.text()]).toEqual([400, 'repository `secret` does not exist\n']);
  });
});

describe('a key that listens to GET /_admin/events', () => {
  const keyWith = (more: object) =>
    gateway.call<{ api_key: string; api_key_id: number }>('create_api_key', { description: 'x', ...more });
  const open = (key: string) =>
    fetch(`${gateway.url}/_admin/events`, { headers: { authorization: `Bearer ${key}` } });

  it('hears nothing more when it is deleted', async () => {
    const { api_key, api_key_id } = await keyWith({});
    const heard = (await open(api_key)).text();
    await gateway.call('delete_api_key', { api_key_id });
    const used = () => gateway.call('get_ip', {}, api_key).catch(({ message }: Error) => message);
    await expect.poll(used).toMatch(/Invalid API key/);
    await describeRepo('open', 'for nobody who left');
    expect(await heard).not.toContain('for nobody who left');
  });

  it('listens twenty times at once, with all of its user’s keys, and no more', async () => {
    const { key } = await gateway.createUser('listener');
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(key)));
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await open(key);
    expect([refused.status, await refused.text()]).toEqual([
      429,
      expect.stringContaining('20 times already'),
    ]);
    expect((await open(gateway.adminKey)).status).toBe(200);
    for (const stream of streams) await stream.body?.cancel();
    await expect.poll(async () => (await open(key)).status).toBe(200);
  });

  it('needs the scope of get_events', async () => {
    const refused = await open((await keyWith({ scopes: ['get_ip'] })).api_key);
    expect([refused.status, await refused.text()]).toEqual([
      403,
      'This API key lacks the scope `get_events`\n',
    ]);
    const heard = await open((await keyWith({ scopes: ['get_events'] })).api_key);
    expect(heard.status).toBe(200);
    await heard.body?.cancel();
  });
});

describe('the catalogue', () => {
  it('shows for each type a schema that its example keeps', async () => {
    const types = await gateway.call<{ event_type: string }[]>('get_event_types');
    expect(types.map(({ event_type }) => event_type)).toContain('webhook.exhausted');
    const { Ajv } = await import('ajv');
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const { event_type } of types) {
      const { schema, example } = await gateway.call<{ schema: object; example: Event }>('get_event_type', {
        event_type,
      });
      const validate = ajv.compile(schema);
      expect(validate(example), `${event_type}: ${JSON.stringify(validate.errors)}`).toBe(true);
      expect(validate({ ...example, data: {} })).toBe(false);
    }
  });
});

describe('expunging', () => {
  it('takes an event out of the log, with what receivers answered, and sends it no more', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.answer = (_received, response) => response.writeHead(500).end('I heard of the merger');
    const { webhook_id } = await gateway.call('create_webhook', {
      url: receiver.url,
      event_types: ['repo.updated'],
      repoid: 'open',
    });
    const cursor = await now();
    await describeRepo('open', 'the merger');
    await receiver.has(1);
    const [event] = (await read({ cursor, wait_s: 5 })).events;
    const event_id = event?.data.event_id;
    await expect
      .poll(async () => JSON.stringify(await gateway.call('get_deliveries', { event_id })))
      .toContain('HTTP_500');
    expect(await gateway.call('expunge_events', { event_id })).toEqual({
      msg: 'expunged 1 events',
      expunged: 1,
    });
    const { deliveries } = await gateway.call<{ deliveries: { delivery_id: number; state: string }[] }>(
      'get_deliveries',
      { event_id },
    );
    expect(deliveries.map(({ state }) => state)).toEqual(['cancelled']);
    const log = JSON.stringify(
      await gateway.call('get_delivery', { delivery_id: deliveries[0]?.delivery_id }),
    );
    expect(log).not.toContain('merger');
    expect((await read({ cursor })).events).toEqual([
      { type: 'repo.updated', version: 1, timestamp: expect.any(String), data: { event_id, expunged: true } },
    ]);
    await gateway.call('redeliver', { delivery_id: deliveries[0]?.delivery_id });
    await expect
      .poll(async () => JSON.stringify(await gateway.call('get_deliveries', { event_id })))
      .toContain('EVENT_EXPUNGED');
    expect(receiver.received).toHaveLength(1);
    await gateway.call('delete_webhook', { webhook_id });
    await receiver.close();
  });

  it('takes out what is sent at that moment, and what is answered to it', async () => {
    const receiver = await WebhookReceiver.start();
    let answer: () => void = () => undefined;
    receiver.answer = (_received, response) => (answer = () => response.end('I heard of the takeover'));
    const { webhook_id } = await gateway.call('create_webhook', {
      url: receiver.url,
      event_types: ['repo.updated'],
      repoid: 'open',
      config: { body_template: '{"text": "{{data.repo.description}}"}' },
    });
    const cursor = await now();
    await describeRepo('open', 'the takeover');
    await receiver.has(1);
    const [event] = (await read({ cursor, wait_s: 5 })).events;
    const event_id = event?.data.event_id;
    const expunging = gateway.call('expunge_events', { event_id });
    await expect.poll(async () => JSON.stringify(await read({ cursor }))).toContain('"expunged":true');
    answer();
    expect(await expunging).toMatchObject({ expunged: 1 });
    const { deliveries } = await gateway.call<{ deliveries: { delivery_id: number }[] }>('get_deliveries', {
      event_id,
    });
    const log = await gateway.call('get_delivery', { delivery_id: deliveries[0]?.delivery_id });
    expect(log).toMatchObject({ state: 'delivered', attempt_log: [{ status: 200 }] });
    expect(JSON.stringify(log)).not.toContain('takeover');
    await gateway.call('delete_webhook', { webhook_id });
    await receiver.close();
  });

  it('takes out what a person caused and what names him, and nothing else', async () => {
    const cursor = await now();
    const eve = await gateway.createUser('eve', { email: 'eve@example.org' });
    await gateway.createUser('evelyn');
    await gateway.call('create_gist', { files: { 'a.txt': { content: 'x' } } }, eve.key);
    await read({ cursor, wait_s: 5 });
    const db = gateway.app.get(Database);
    for (const author of ['Eve <eve@example.org>', 'Steve <steve@example.org>'])
      await db.query(
        `INSERT INTO event (occurred_at, type, version, group_ids, body) VALUES (now(), 'repo.pushed', 1, '{}', $1)`,
        [JSON.stringify({ type: 'repo.pushed', data: { ...LATE, refs: [{ commits: [{ author }] }] } })],
      );
    expect(await gateway.call('expunge_events', { userid: 'eve' })).toMatchObject({ expunged: 3 });
    const rows = await db.query<{ body: string; actor_user_id: number | null }>(
      `SELECT body, actor_user_id FROM event`,
    );
    const all = JSON.stringify(rows);
    expect(all).not.toMatch(/\beve@example\.org/);
    expect(all).toContain('steve@example.org');
    expect(all).not.toContain('\\"eve\\"');
    expect(all).toContain('evelyn');
    expect(rows.some(({ actor_user_id }) => actor_user_id === eve.user_id)).toBe(false);
  });
});
