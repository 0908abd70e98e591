import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { expect, it } from 'vitest';
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
