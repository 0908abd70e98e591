import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { ExpiredGists } from '../../src/families/gists/expired-gists.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { followEvents, type RecordedEvent } from '../harness/recorded-events.js';

interface Gist {
  gist_id: number;
  type: string;
  access_id: string;
  description: string;
  url: string;
  expires: number;
  created_on: string;
}

let gateway: TestGateway;
let events: () => Promise<RecordedEvent[]>;
let ann: { user_id: number; key: string };
let bob: { user_id: number; key: string };
beforeAll(async () => {
  gateway = await startTestGateway();
  ann = await gateway.createUser('ann');
  bob = await gateway.createUser('bob');
  events = await followEvents(gateway);
});
afterAll(() => gateway.close());

const create = async (args: object = {}, key = ann.key) => {
  const files = { 'a.txt': { content: 'text' } };
  return (await gateway.call<{ gist: Gist }>('create_gist', { files, ...args }, key)).gist;
};
const contentOf = async (gistid: number | string, key = ann.key) =>
  (await gateway.call<{ content: object }>('get_gist', { gistid, content: true }, key)).content;
const listed = async (args: object, key = ann.key) =>
  (await gateway.call<Gist[]>('get_gists', args, key)).map(({ gist_id }) => gist_id);
const gone = (gistid: number | string) => `gist \`${gistid}\` does not exist`;
/** The whole answer of JSON-RPC 2.0, whose `data.detail` has the reason. */
const detail = async (method: string, params: object, key = ann.key) => {
  const { error } = (await gateway.rpc(method, params, key)) as {
    error: { message: string; data: { detail: string } };
  };
  return [error.message, error.data.detail];
};

/** What was recorded about one gist since it was last asked. */
const eventsOf = async (gistId: number) =>
  (await events()).filter(({ data }) => data.gist?.gist_id === gistId);

describe('create_gist', () => {
  it('answers with the gist, without content and owner', async () => {
    const answer = await gateway.call<{ msg: string; gist: Gist }>(
      'create_gist',
      {
        files: { 'b.py': { content: 'print("ü")', lexer: null }, a: { content: '\0\u{1f600}' } },
        description: 'two',
      },
      ann.key,
    );
    const { gist } = answer;
    expect(answer).toEqual({
      msg: 'created new gist',
      gist: {
        gist_id: expect.any(Number),
        type: 'public',
        access_id: String(gist.gist_id),
        description: 'two',
        url: `http://gateway.test/_admin/gists/${gist.gist_id}`,
        expires: -1,
        created_on: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/),
      },
    });
    expect(await contentOf(gist.gist_id)).toEqual({ a: '\0\u{1f600}', 'b.py': 'print("ü")' });
    expect(await gateway.call('get_gist', { gistid: gist.access_id }, ann.key)).toEqual(gist);
    expect(await eventsOf(gist.gist_id)).toMatchObject([
      {
        type: 'gist.created',
        data: { actor: { username: 'ann' }, gist: { owner: 'ann', files: ['a', 'b.py'], expires: -1 } },
      },
    ]);
  });

  it('takes what the command line sends: nulls and texts', async () => {
    const gist = await create({ lifetime: null, description: null, gist_type: 'private' });
    expect(gist).toMatchObject({ type: 'private', description: '', expires: -1 });
    expect(gist.access_id).toMatch(/^[2-9a-zA-Z]{20}$/);
    expect(gist.access_id).not.toMatch(/[01IOio]/);
    const before = Date.now() / 1000;
    const { expires } = await create({ lifetime: '10' });
    expect(expires).toBeGreaterThan(before + 599);
    expect(expires).toBeLessThan(Date.now() / 1000 + 601);
  });

  it('makes gists in the name of others for super admins only', async () => {
    const refused = 'Only Kallithea admin can specify `owner` param';
    const files = { a: { content: '' } };
    for (const owner of ['bob', bob.user_id, 'nobody', 'admin']) {
      expect(await gateway.refusal('create_gist', { files, owner }, ann.key)).toBe(refused);
    }
    expect(await gateway.refusal('create_gist', { files, owner: 'nobody' })).toBe(
      'user `nobody` does not exist',
    );
    const own = await create({ owner: 'ann' });
    const given = await create({ owner: 'ann' }, gateway.adminKey);
    expect(await listed({ limit: 2 })).toEqual([given.gist_id, own.gist_id]);
    expect(await eventsOf(given.gist_id)).toMatchObject([
      { data: { actor: { username: 'admin' }, gist: { owner: 'ann' } } },
    ]);
  });

  it('refuses what is no file, and leaves nothing', async () => {
    const before = await listed({});
    const refuse = (files: unknown) => detail('create_gist', { files });
    const failure = 'failed to create gist';
    expect(await refuse({})).toEqual([failure, 'a gist needs at least one file']);
    expect(await refuse({ 'd/a': { content: '' } })).toEqual([
      failure,
      'a file name must not have a directory part',
    ]);
    expect(await refuse({ '.git': { content: '' } })).toEqual([
      failure,
      'a file name must not be that of a control directory',
    ]);
    expect(await refuse({ ok: { content: '' }, 'a\nb': { content: '' } })).toEqual([
      failure,
      'a file name must not have control characters',
    ]);
    expect(await refuse({ a: 'text' })).toEqual([
      failure,
      'each file must be an object with a text `content`',
    ]);
    const many = Object.fromEntries(
      Array.from({ length: 101 }, (_, index) => [`f${index}`, { content: '' }]),
    );
    expect(await refuse(many)).toEqual([failure, 'a gist may have 100 files at most']);
    expect(await gateway.refusal('create_gist', { files: {} }, ann.key)).toBe(failure);
    expect(
      await gateway.refusal('create_gist', { files: { a: { content: '' } }, gist_type: 'secret' }),
    ).toContain('argument `gist_type` must be one of');
    expect(
      await gateway.refusal('create_gist', { files: { a: { content: '' } }, lifetime: 'soon' }),
    ).toContain('argument `lifetime` must be');
    expect(await gateway.refusal('create_gist', {}, ann.key)).toBe(
      'Missing non optional `files` arg in JSON DATA',
    );
    expect(await listed({})).toEqual(before);
  });
});

describe('gists', () => {
  it('are read by everybody when public, by owner and super admins when private', async () => {
    const open = await create();
    const secret = await create({ gist_type: 'private' });
    for (const key of [ann.key, bob.key, gateway.adminKey]) {
      expect(await contentOf(open.gist_id, key)).toEqual({ 'a.txt': 'text' });
    }
    for (const key of [ann.key, gateway.adminKey]) {
      expect(await contentOf(secret.access_id, key)).toEqual({ 'a.txt': 'text' });
      expect(await contentOf(secret.gist_id, key)).toEqual({ 'a.txt': 'text' });
    }
    for (const gistid of [secret.gist_id, secret.access_id, 'nope', 0, 999_999]) {
      expect(await gateway.refusal('get_gist', { gistid }, bob.key)).toBe(gone(gistid));
    }
    for (const gistid of [open.gist_id, secret.gist_id]) {
      for (const method of ['update_gist', 'delete_gist']) {
        expect(await gateway.refusal(method, { gistid }, bob.key)).toBe(gone(gistid));
      }
    }
  });

  it('are listed by owner, newest first, in pages', async () => {
    const user = await gateway.createUser('collector');
    const one = await create({}, user.key);
    const two = await create({ gist_type: 'private' }, user.key);
    const three = await create({}, user.key);
    const ids = [three, two, one].map(({ gist_id }) => gist_id);
    expect(await listed({}, user.key)).toEqual(ids);
    expect(await listed({ userid: 'collector' }, user.key)).toEqual(ids);
    expect(await listed({ userid: user.user_id }, gateway.adminKey)).toEqual(ids);
    expect(await listed({ limit: 2 }, user.key)).toEqual(ids.slice(0, 2));
    expect(await listed({ limit: 2, cursor: ids[1] }, user.key)).toEqual(ids.slice(2));
    expect(await listed({ gist_type: 'private' }, user.key)).toEqual([two.gist_id]);
    expect(await listed({ userid: 'collector', gist_type: 'public' }, bob.key)).toEqual([
      three.gist_id,
      one.gist_id,
    ]);
    for (const args of [{}, { gist_type: 'private' }]) {
      expect(await gateway.refusal('get_gists', { userid: 'collector', ...args }, bob.key)).toBe(
        'userid is not the same as your user',
      );
    }
    expect(await gateway.refusal('get_gists', { userid: 'nobody' })).toBe('user `nobody` does not exist');
  });

  it('change file by file, and tell what they were', async () => {
    const { gist_id, access_id } = await create({
      files: { keep: { content: 'k' }, rewrite: { content: 'old' }, drop: { content: 'd' } },
      description: 'before',
    });
    const update = (args: object) =>
      gateway.call<{ msg: string; gist: Gist }>('update_gist', { gistid: gist_id, ...args }, ann.key);
    const { msg, gist } = await update({
      files: { rewrite: { content: 'new' }, drop: null, add: { content: '+' } },
      description: 'after',
      lifetime: 5,
    });
    expect(msg).toBe(`updated gist ID:${access_id}`);
    expect(gist.description).toBe('after');
    expect(gist.expires).toBeGreaterThan(Date.now() / 1000 + 200);
    expect(await contentOf(gist_id)).toEqual({ add: '+', keep: 'k', rewrite: 'new' });
    expect((await update({ lifetime: 0 })).gist.expires).toBe(gist.expires);
    expect((await update({ lifetime: -1 })).gist.expires).toBe(-1);
    expect(await eventsOf(gist_id)).toMatchObject([
      { type: 'gist.created' },
      {
        type: 'gist.updated',
        data: {
          gist: { description: 'after', files: ['add', 'keep', 'rewrite'] },
          changed_files: ['add', 'drop', 'rewrite'],
          previous: { description: 'before', expires: -1, files: ['drop', 'keep', 'rewrite'] },
        },
      },
      { type: 'gist.updated', data: { changed_files: [], previous: { expires: gist.expires } } },
    ]);
    const failure = `failed to update gist ID:${access_id}`;
    expect(await detail('update_gist', { gistid: gist_id, files: { none: null } })).toEqual([
      failure,
      'a file that shall go is not there',
    ]);
    expect(
      await detail('update_gist', { gistid: gist_id, files: { add: null, keep: null, rewrite: null } }),
    ).toEqual([failure, 'a gist needs at least one file']);
    expect(await contentOf(gist_id)).toEqual({ add: '+', keep: 'k', rewrite: 'new' });
  });

  it('may not grow beyond their limit, also by many small changes at once', async () => {
    const { gist_id } = await create();
    const big = 'x'.repeat(3 * 1024 * 1024);
    const grow = ['b', 'c', 'd', 'e'].map((name) =>
      gateway.rpc('update_gist', { gistid: gist_id, files: { [name]: { content: big } } }, ann.key),
    );
    const answers = (await Promise.all(grow)).map(({ error }) => (error === undefined ? 'grown' : 'refused'));
    expect(answers.toSorted()).toEqual(['grown', 'grown', 'grown', 'refused']);
  });

  it('are deleted for good', async () => {
    const { gist_id, access_id } = await create({ gist_type: 'private' });
    expect(await gateway.call('delete_gist', { gistid: access_id }, ann.key)).toEqual({
      msg: `deleted gist ID:${access_id}`,
      gist: null,
    });
    for (const method of ['get_gist', 'update_gist', 'delete_gist']) {
      expect(await gateway.refusal(method, { gistid: gist_id }, ann.key)).toBe(gone(gist_id));
    }
    expect((await eventsOf(gist_id)).at(-1)).toMatchObject({
      type: 'gist.deleted',
      data: { reason: 'deleted', actor: { username: 'ann' }, gist: { access_id } },
    });
    const rows = await gateway.app.get(Database).query('SELECT FROM gist_file WHERE gist_id = $1', [gist_id]);
    expect(rows).toEqual([]);
  });

  it('are gone for everybody when their time is over, and then deleted', async () => {
    const { gist_id } = await create({ lifetime: 0 });
    const stays = await create({ lifetime: 60 });
    for (const key of [ann.key, bob.key, gateway.adminKey]) {
      expect(await gateway.refusal('get_gist', { gistid: gist_id }, key)).toBe(gone(gist_id));
    }
    expect(await gateway.refusal('update_gist', { gistid: gist_id, lifetime: -1 }, ann.key)).toBe(
      gone(gist_id),
    );
    expect(await listed({ limit: 1 })).toEqual([stays.gist_id]);
    await gateway.app.get(ExpiredGists).sweep();
    const left = await gateway.app
      .get(Database)
      .query('SELECT gist_id FROM gist WHERE gist_id = ANY($1)', [[gist_id, stays.gist_id]]);
    expect(left).toEqual([{ gist_id: stays.gist_id }]);
    expect((await eventsOf(gist_id)).at(-1)).toMatchObject({
      type: 'gist.deleted',
      data: { reason: 'expired', actor: { user_id: null } },
    });
  });
});
