import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { TestGateway } from '../harness/gateway.js';
import { basic } from '../harness/web.js';

/** A client that says what it wants, at its own pace: the socket of one request. */
export class RawClient {
  private received = Buffer.alloc(0);
  private readonly closed: Promise<unknown>;

  private constructor(private readonly socket: Socket) {
    this.closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.on('data', (part: Buffer) => (this.received = Buffer.concat([this.received, part])));
  }

  /** @param headers beside host and authorization */
  static async open(
    gateway: TestGateway,
    line: string,
    headers: Record<string, string>,
    key = gateway.adminKey,
  ): Promise<RawClient> {
    const { hostname, port } = new URL(gateway.url);
    const socket = createConnection({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    const all = { host: 'x', ...basic(key, ''), ...headers };
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${line} HTTP/1.1\r\n${head.join('')}\r\n`);
    return new RawClient(socket);
  }

  /** In one chunk of a chunked body. @returns false when nobody is there any more */
  async chunk(data: Buffer): Promise<boolean> {
    if (this.socket.destroyed || !this.socket.writable) return false;
    const whole = Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
    if (this.socket.write(whole)) return true;
    await Promise.race([once(this.socket, 'drain').catch(() => undefined), this.closed]);
    return !this.socket.destroyed;
  }

  /** Reads nothing from now on. */
  stopReading(): void {
    this.socket.pause();
  }

  /** All that was answered, when the server has closed the connection. */
  async answer(): Promise<string> {
    await this.closed;
    return this.received.toString('latin1');
  }

  /** What was answered up to now. */
  get text(): string {
    return this.received.toString('latin1');
  }

  leave(): void {
    this.socket.destroy();
  }
}

/** A push of git whose pack is still to come. */
export function openPush(gateway: TestGateway, repo: string): Promise<RawClient> {
  return RawClient.open(gateway, `POST /${repo}/git-receive-pack`, {
    'content-type': 'application/x-git-receive-pack-request',
    'transfer-encoding': 'chunked',
    connection: 'close',
  });
}

export const packetLine = (text: string) =>
  (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;

/** Creates a branch at an id that nobody has. */
export const NEW_BRANCH = Buffer.from(
  `${packetLine(`${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/bomb\0report-status side-band-64k`)}0000`,
);

/** The head of a pack. */
export function packHeader(objects: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects, 8);
  return header;
}
