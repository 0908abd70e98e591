import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';

/** A way to a database over TCP that can be cut, and mended again. */
export class DatabaseLine {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly target: pg.Client,
    private readonly server = createServer((near) => this.connect(near)),
  ) {}

  /** @param url of a test database, which listens on a socket in the file system */
  static async to(url: string): Promise<DatabaseLine> {
    const line = new DatabaseLine(new pg.Client(url));
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  get url(): string {
    const { user, database } = this.target;
    return `postgres://${user}@127.0.0.1:${(this.server.address() as AddressInfo).port}/${database}`;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private connect(near: Socket): void {
    if (this.isCut) return void near.destroy();
    const far = connect(join(this.target.host, `.s.PGSQL.${this.target.port}`));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
