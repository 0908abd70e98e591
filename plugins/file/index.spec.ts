import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoUpdated, type DeliverContext } from 'forgegate/sdk';
import { adapterConformance, deliverContext, setUpPlugin } from 'forgegate/sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from './index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forgegate-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

const adapter = async (config = { folder: '' }) =>
  (await setUpPlugin(plugin, { config, gateway: { dataFolder: () => Promise.resolve(folder) } })).adapter(
    'file',
  );
const lines = async (name = 'events.jsonl') =>
  (await readFile(join(folder, 'webhook-3', name), 'utf8')).trimEnd().split('\n');
const numbered = (number: number): DeliverContext => {
  const context = deliverContext({ contract: repoUpdated });
  return { ...context, delivery: { ...context.delivery, id: `msg_${number}` } };
};

describe('the file adapter', () => {
  const gateway = { dataFolder: () => Promise.resolve(folder) };
  it.each(
    adapterConformance({
      plugin,
      adapter: 'file',
      endpoint: {},
      config: { folder: '' },
      http: 'none',
      gateway,
    }),
  )('$name', ({ run }) => run());

  it('writes the stored text with the id of the delivery, a line each', async () => {
    const { deliver } = await adapter();
    const exchanges: object[] = [];
    const context = { ...numbered(1), record: (exchange: object) => exchanges.push(exchange) };
    expect(await deliver(context)).toEqual({ outcome: 'delivered', code: 'WRITTEN' });
    await deliver(numbered(2));
    const [first = '', second = ''] = await lines();
    expect(first).toBe(`{"webhook_id":"msg_1","event":${context.delivery.body}}`);
    expect(JSON.parse(second)).toMatchObject({ webhook_id: 'msg_2', event: { type: 'repo.updated' } });
    expect(exchanges).toEqual([{ target: 'file webhook-3/events.jsonl', request: `${first}\n` }]);
  });

  it('keeps every line of many at once, each whole', async () => {
    const { deliver } = await adapter();
    const wanted = Array.from({ length: 200 }, (_none, number) => `msg_${number}`);
    await Promise.all(wanted.map((_id, number) => deliver(numbered(number))));
    const found = (await lines()).map((line) => (JSON.parse(line) as { webhook_id: string }).webhook_id);
    expect(found.toSorted()).toEqual(wanted.toSorted());
  });

  it('keeps every line of two writers that put files aside meanwhile', async () => {
    const [one, other] = [await adapter(), await adapter()];
    const config = { max_bytes: 10_000, keep: 1000 };
    const send = ({ deliver }: typeof one, number: number) => {
      const context = numbered(number);
      return deliver({ ...context, endpoint: { ...context.endpoint, config } });
    };
    await Promise.all(
      Array.from({ length: 100 }, async (_none, number) => {
        await new Promise((resolve) => setTimeout(resolve, number));
        const outcomes = await Promise.all([send(one, number), send(other, number + 100)]);
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered']);
      }),
    );
    const names = await readdir(join(folder, 'webhook-3'));
    expect(names.length).toBeGreaterThan(3);
    const found = (await Promise.all(names.map(lines)))
      .flat()
      .map((line) => JSON.parse(line).webhook_id as string);
    expect(new Set(found).size).toBe(200);
    expect(found).toHaveLength(200);
  });

  it('puts full files aside and keeps the newest of them', async () => {
    const { deliver } = await adapter();
    const { length } = `${JSON.stringify({ webhook_id: 'msg_1', event: '' })}${numbered(1).delivery.body}\n`;
    for (let number = 1; number <= 7; number += 1) {
      const context = numbered(number);
      await deliver({
        ...context,
        endpoint: { ...context.endpoint, config: { max_bytes: 2 * length, keep: 2 } },
      });
    }
    const names = (await readdir(join(folder, 'webhook-3'))).toSorted();
    expect(names).toHaveLength(3);
    const ids = await Promise.all(
      names.map(async (name) => (await lines(name)).map((line) => JSON.parse(line).webhook_id as string)),
    );
    expect(ids).toEqual([['msg_3', 'msg_4'], ['msg_5', 'msg_6'], ['msg_7']]);
  });

  it('ends a line that a crash cut off, before the next', async () => {
    await mkdir(join(folder, 'webhook-3'));
    await writeFile(join(folder, 'webhook-3', 'events.jsonl'), '{"webhook_id":"msg_0","ev');
    await (await adapter()).deliver(numbered(1));
    const [broken, whole = ''] = await lines();
    expect(broken).toBe('{"webhook_id":"msg_0","ev');
    expect(JSON.parse(whole)).toMatchObject({ webhook_id: 'msg_1' });
  });

  it('follows no link out of its folder, and says that the fault is ours', async () => {
    await mkdir(join(folder, 'webhook-3'));
    await writeFile(join(folder, 'elsewhere'), '');
    await symlink(join(folder, 'elsewhere'), join(folder, 'webhook-3', 'events.jsonl'));
    expect(await (await adapter()).deliver(numbered(1))).toEqual({
      outcome: 'local_fault',
      code: 'FILE_ELOOP',
      reason: 'the gateway cannot write to events.jsonl (ELOOP); see its log',
    });
    expect(await readFile(join(folder, 'elsewhere'), 'utf8')).toBe('');
  });

  it('takes a folder of the operator, and a full disk for a fault of ours', async () => {
    const own = join(folder, 'own');
    await (await adapter({ folder: own })).deliver(numbered(1));
    expect(await readdir(own)).toEqual(['webhook-3']);
    const full = await (await adapter({ folder: '/dev/full' })).deliver(numbered(1));
    expect(full).toMatchObject({ outcome: 'local_fault', code: 'FILE_ENOTDIR' });
  });
});
