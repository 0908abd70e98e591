import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NameServer } from '../harness/name-server.js';
import { FaultStage, pause } from './stage.js';

const NAMESPACE = `forgegate-${process.pid}`;
const OUTER = { device: `fg${process.pid}`.slice(0, 14), address: '10.213.77.1' };
const INNER = { device: 'fginner', address: '10.213.77.2' };
/** What `ip netns exec` puts in place of the files of the same name. */
const FILES = join('/etc/netns', NAMESPACE);
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
const inside = (...args: string[]) => ip('-n', NAMESPACE, ...args);

/** A network of its own for the gateway, with one cable to the receiver. */
function connect(): boolean {
  try {
    ip('netns', 'add', NAMESPACE);
    ip('link', 'add', OUTER.device, 'type', 'veth', 'peer', 'name', INNER.device, 'netns', NAMESPACE);
    ip('addr', 'add', `${OUTER.address}/30`, 'dev', OUTER.device);
    ip('link', 'set', OUTER.device, 'up');
    inside('addr', 'add', `${INNER.address}/30`, 'dev', INNER.device);
    inside('link', 'set', 'lo', 'up');
    inside('link', 'set', INNER.device, 'up');
    mkdirSync(FILES, { recursive: true });
    writeFileSync(join(FILES, 'resolv.conf'), `nameserver ${OUTER.address}\n`);
    return true;
  } catch {
    return false;
  }
}

let isConnected = false;
let stage: FaultStage | null = null;

beforeAll(() => {
  isConnected = connect();
});
afterEach(async () => {
  await stage?.close();
  stage = null;
});
afterAll(() => {
  rmSync(FILES, { recursive: true, force: true });
  try {
    ip('netns', 'delete', NAMESPACE);
  } catch {
    // It was never made
  }
});

/** The gateway behind the cable, the ledger at this end. */
async function elsewhere(): Promise<FaultStage> {
  const made = await FaultStage.open(
    { HOST: INNER.address, FORGEGATE_ALLOW_PRIVATE_NETWORKS: '10.213.77.0/30' },
    undefined,
    OUTER.address,
  );
  await made.startGateway({}, ['ip', 'netns', 'exec', NAMESPACE]);
  return made;
}

describe('connections whose other end falls silent', () => {
  it('are given up, and what was on its way arrives when the cable is back', async ({ skip }) => {
    if (!isConnected) skip('this system lets nobody make networks');
    stage = await elsewhere();
    await stage.subscribe();
    const { ledger } = stage;
    let asked = 0;
    // The first ones are taken and left without an answer
    ledger.answers((_request, response, isRepeated) => {
      asked += 1;
      if (isRepeated) response.writeHead(204).end();
    });
    for (let count = 0; count < 5; count++) await stage.change();
    while (asked < 5) await pause(10);
    inside('link', 'set', INNER.device, 'down');
    await pause(6_000);
    inside('link', 'set', INNER.device, 'up');
    await stage.complete();
    const { accepted, lost, ambiguous, duplicates } = ledger.account();
    expect({ accepted, lost, ambiguous, duplicates }).toEqual({
      accepted: 5,
      lost: [],
      ambiguous: [],
      duplicates: 0,
    });
  });
});

describe('names whose servers do not answer', () => {
  it('keep no other name waiting', async ({ skip }) => {
    if (!isConnected) skip('this system lets nobody make networks');
    const server = await NameServer.start({ 'good.test': OUTER.address }, OUTER.address, 53);
    try {
      const made = await elsewhere();
      stage = made;
      const { ledger } = made;
      const url = new URL(ledger.url);
      const silent = Array.from({ length: 20 }, (_none, n) =>
        made.subscribe({ url: `http://silent-${n}.test:${url.port}/` }),
      );
      url.hostname = 'good.test';
      await made.subscribe({ url: url.href });
      await Promise.all(silent);
      const before = performance.now();
      for (let count = 0; count < 10; count++) await made.change();
      await made.complete();
      // The system's own lookup takes ten seconds for each of the others, two at a time
      expect(performance.now() - before).toBeLessThan(20_000);
      expect(ledger.account()).toMatchObject({ accepted: 10, lost: [], ambiguous: [], duplicates: 0 });
      expect(server.asked.size).toBe(21);
    } finally {
      server.close();
    }
  });
});
