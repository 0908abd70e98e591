import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

async function connected(gateway: TestGateway, text: string): Promise<Socket> {
  const { hostname, port } = new URL(gateway.url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  if (text !== '') socket.write(text);
  return socket;
}
const POST =
  'POST /nothing/git-upload-pack HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n';

it('A stop waits for no connection on which nothing is asked, or no more than an answer is fetched', async () => {
  const gateway = await startTestGateway();
  const answered = await Promise.all([
    connected(gateway, 'GET /_admin/health HTTP/1.1\r\nHost: x\r\n\r\n'),
    // It is answered before it is sent as a whole
    connected(gateway, POST),
  ]);
  await Promise.all(answered.map((socket) => once(socket, 'data')));
  const silent = await Promise.all(
    ['', 'GET /_admin/hea', POST.slice(0, -2)].map((text) => connected(gateway, text)),
  );
  const closed = Promise.all(
    [...answered, ...silent].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
  );
  const begunAt = Date.now();
  await gateway.close();
  await closed;
  // node itself would wait for a minute
  expect(Date.now() - begunAt).toBeLessThan(20_000);
});

it('A stop waits for nobody who listens to events, whether or not he reads them', async () => {
  const gateway = await startTestGateway();
  await gateway.app.get(Database).query(
    `INSERT INTO event (occurred_at, type, version, group_ids, body)
     SELECT now(), 'repo.updated', 1, '{}', json_build_object('data', repeat('x', 60000)) FROM generate_series(1, 300)`,
  );
  const listen = (query: string) =>
    connected(
      gateway,
      `GET /_admin/events${query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.adminKey}\r\n\r\n`,
    );
  const idle = await listen('');
  const stuck = await listen('?cursor=0.0');
  await Promise.all([idle, stuck].map((socket) => once(socket, 'data')));
  for (const socket of [idle, stuck]) socket.pause();
  const begunAt = Date.now();
  await gateway.close();
  expect(Date.now() - begunAt).toBeLessThan(20_000);
  idle.destroy();
  stuck.destroy();
});
