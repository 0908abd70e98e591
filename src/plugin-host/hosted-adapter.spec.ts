import { describe, expect, it } from 'vitest';
import {
  delivered,
  type Adapter,
  type DeliverContext,
  type PluginLogger,
  type PluginStore,
} from '../sdk/index.js';
import { PluginBoundary } from './boundary.js';
import { Capabilities } from './capabilities.js';
import { HostedAdapter } from './hosted-adapter.js';
import { PluginHealth } from './plugin-health.js';

const seeing = (...events: string[]) => new Capabilities({ capabilities: { events } } as never);
const silent = () => undefined;
const log: PluginLogger = { debug: silent, info: silent, warn: silent, error: silent };
const store = {} as PluginStore;

function hosted(deliver: Adapter['deliver'], now: () => number = Date.now, config?: Adapter['config']) {
  const health = new PluginHealth(now);
  const adapter = new HostedAdapter(
    'a',
    { id: 'p', log, store, boundary: new PluginBoundary('p', health, log), capabilities: seeing('*') },
    { deliver, ...(config && { config }) },
  );
  const attempt = (signal: AbortSignal = new AbortController().signal) =>
    adapter.deliver({ signal, event: { type: 'repo.created' } } as unknown as DeliverContext);
  return { adapter, health, attempt };
}

describe('HostedAdapter', () => {
  it('hands the outcome on, with log and store of the plugin', async () => {
    const { attempt } = hosted((context) => {
      expect(context.log).toBe(log);
      expect(context.store).toBe(store);
      return Promise.resolve(delivered('OK'));
    });
    expect(await attempt()).toEqual({ outcome: 'delivered', code: 'OK' });
  });

  it('turns a throw, also a synchronous one, into a retry that tells the receiver nothing', async () => {
    const rejecting = hosted(() => Promise.reject(new Error('secret path')));
    const throwing = hosted(() => {
      throw new Error('secret path');
    });
    for (const { attempt, health } of [rejecting, throwing]) {
      const outcome = await attempt();
      expect(outcome).toMatchObject({ outcome: 'retry', code: 'ADAPTER_THREW' });
      expect(outcome.reason).not.toContain('secret');
      expect(health.lastError).toBe('secret path');
    }
  });

  it.each([
    undefined,
    null,
    'delivered',
    {},
    { outcome: 'fine', code: 'X' },
    { outcome: 'delivered', code: '' },
  ])('does not take %j for an outcome', async (value) => {
    const { attempt } = hosted(() => Promise.resolve(value as never));
    expect(await attempt()).toMatchObject({ outcome: 'retry', code: 'ADAPTER_BAD_OUTCOME' });
  });

  it('answers TIMEOUT when the adapter ignores its signal, and believes it when it obeys', async () => {
    const deaf = hosted(() => new Promise(() => undefined));
    expect(await deaf.attempt(AbortSignal.timeout(5))).toMatchObject({ outcome: 'retry', code: 'TIMEOUT' });
    const obedient = hosted(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ outcome: 'local_fault', code: 'MINE' }));
        }),
    );
    expect(await obedient.attempt(AbortSignal.timeout(5))).toMatchObject({ code: 'MINE' });
  });

  it('pauses what keeps throwing, tries once a minute, and resumes when that works', async () => {
    let now = 0;
    let calls = 0;
    let broken = true;
    const { attempt, health } = hosted(
      () => {
        calls += 1;
        return broken ? Promise.reject(new Error('down')) : Promise.resolve(delivered('OK'));
      },
      () => now,
    );
    for (let count = 0; count < 10; count++) await attempt();
    expect(health.isPaused).toBe(true);
    expect(await attempt()).toMatchObject({ outcome: 'local_fault', code: 'PLUGIN_PAUSED' });
    expect(calls).toBe(10);
    now += 60_000;
    await attempt();
    await attempt();
    expect(calls).toBe(11);
    broken = false;
    now += 60_000;
    expect(await attempt()).toMatchObject({ outcome: 'delivered' });
    expect(health.isPaused).toBe(false);
    expect(await attempt()).toMatchObject({ outcome: 'delivered' });
  });
});

describe('AdapterConfig', () => {
  const { adapter } = hosted(() => Promise.resolve(delivered('OK')), Date.now, {
    type: 'object',
    required: ['channel'],
    additionalProperties: false,
    properties: {
      channel: { type: 'string' },
      colour: { enum: ['red', 'green'], default: 'red' },
      token: { type: 'string', 'x-secret': true },
      rooms: { type: 'array', items: { pattern: '^#', description: 'a room, e.g. #dev' } },
    },
  });

  it('names the member that is wrong, in words of the call', () => {
    expect(adapter.config.problem({})).toBe('config.channel is required');
    expect(adapter.config.problem({ channel: 7 })).toBe('config.channel must be string');
    expect(adapter.config.problem({ channel: 'a', collor: 'red' })).toBe(
      'config.collor is not known to this adapter',
    );
    expect(adapter.config.problem({ channel: 'a', colour: 'blue' })).toBe(
      'config.colour must be one of red, green',
    );
    expect(adapter.config.problem({ channel: 'a', rooms: ['#a', 'b'] })).toBe(
      'config.rooms.1 must be a room, e.g. #dev',
    );
  });

  it('fills defaults in and parts secrets from the rest', () => {
    const config = { channel: 'a', token: 't' };
    expect(adapter.config.problem(config)).toBeNull();
    expect(adapter.config.split(config)).toEqual({
      open: { channel: 'a', colour: 'red' },
      secret: { token: 't' },
    });
  });

  it('takes no settings when the adapter has no schema', () => {
    const bare = hosted(() => Promise.resolve(delivered('OK'))).adapter;
    expect(bare.config.problem({})).toBeNull();
    expect(bare.config.problem({ x: 1 })).toBe('config.x is not known to this adapter');
  });
});
