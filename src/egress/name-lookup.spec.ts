import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { NameServer } from '../../test/harness/name-server.js';
import { nameLookup } from './name-lookup.js';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function nameServer() {
  const server = await NameServer.start({ 'good.example': '192.0.2.7', 'gone.example': null });
  open.push(() => server.close());
  return { servers: [server.address], asked: server.asked };
}

describe('the lookup of a name', () => {
  it('asks the name servers', async () => {
    const { servers } = await nameServer();
    expect(await nameLookup({ servers })('good.example')).toEqual([{ address: '192.0.2.7', family: 4 }]);
  });

  it('is not kept waiting by names whose servers are silent', async () => {
    const { servers, asked } = await nameServer();
    const find = nameLookup({ servers, answerWithinMs: 200 });
    let ended = 0;
    const silent = Array.from({ length: 20 }, (_none, n) =>
      find(`silent-${n}.example`).finally(() => (ended += 1)),
    );
    const failures = silent.map((one) => expect(one).rejects.toMatchObject({ code: 'ETIMEOUT' }));
    expect(await find('good.example')).toEqual([{ address: '192.0.2.7', family: 4 }]);
    expect(ended).toBe(0);
    await Promise.all(failures);
    expect(asked.size).toBe(21);
  });

  it('finds what stands in the hosts file there, and asks nobody', async () => {
    const { servers, asked } = await nameServer();
    const folder = mkdtempSync(join(tmpdir(), 'fg-hosts-'));
    open.push(() => rmSync(folder, { recursive: true }));
    const hostsFile = join(folder, 'hosts');
    writeFileSync(hostsFile, '# good.example\n127.0.0.1\tLocalhost me # them\n');
    const find = nameLookup({ servers, hostsFile });
    expect(await find('localhost')).toContainEqual({ address: '127.0.0.1', family: 4 });
    expect(asked.size).toBe(0);
    expect(await find('good.example')).toEqual([{ address: '192.0.2.7', family: 4 }]);
  });

  it('leaves to the system what the name servers do not know', async () => {
    const { servers, asked } = await nameServer();
    const hostsFile = '/dev/null';
    await expect(nameLookup({ servers, hostsFile })('gone.example')).rejects.toMatchObject({
      syscall: 'getaddrinfo',
    });
    expect(asked).toContain('gone.example');
  });
});
