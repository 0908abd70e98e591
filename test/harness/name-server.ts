import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Name -> IPv4 address, or null for one that does not exist; whatever else is asked for gets no answer at all. */
export type Names = Readonly<Record<string, string | null>>;

const A = 1;
const HEADER_BYTES = 12;
const ANSWERED = 0x8180;
const NO_SUCH_NAME = 0x8183;

/** A name server over UDP that can be silent. */
export class NameServer {
  readonly asked = new Set<string>();

  private constructor(
    private readonly socket: Socket,
    private readonly names: Names,
  ) {}

  static async start(names: Names, host = '127.0.0.1', port = 0): Promise<NameServer> {
    const server = new NameServer(createSocket('udp4'), names);
    server.socket.on('message', (query, from) => {
      const answer = server.answer(query);
      if (answer) server.socket.send(answer, from.port, from.address);
    });
    server.socket.bind(port, host);
    await once(server.socket, 'listening');
    return server;
  }

  /** `address:port` */
  get address(): string {
    const { address, port } = this.socket.address();
    return `${address}:${port}`;
  }

  close(): void {
    this.socket.close();
  }

  private answer(query: Buffer): Buffer | null {
    const { name, end } = nameIn(query);
    this.asked.add(name);
    const address = this.names[name];
    if (address === undefined) return null;
    const isFound = address !== null && query.readUInt16BE(end) === A;
    const header = Buffer.alloc(HEADER_BYTES);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(address === null ? NO_SUCH_NAME : ANSWERED, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(isFound ? 1 : 0, 6);
    return Buffer.concat([
      header,
      query.subarray(HEADER_BYTES, end + 4),
      isFound ? record(address) : Buffer.alloc(0),
    ]);
  }
}

/** Refers to the name in the question. */
const record = (address: string) =>
  Buffer.from([0xc0, HEADER_BYTES, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]);

function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}
