import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * One keep-alive connection with one request on its way at a time. Reads just enough of HTTP for the servers measured
 * here, because what the generator spends is taken from the cores that they run on.
 */
export class Connection {
  private received: Buffer = Buffer.alloc(0);
  private done: ((reply: Reply) => void) | null = null;
  private failed: ((error: Error) => void) | null = null;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** @param done called once; `failed` instead of it when the connection breaks */
  send(request: Buffer, done: (reply: Reply) => void, failed: (error: Error) => void): void {
    this.done = done;
    this.failed = failed;
    this.socket.write(request);
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const start = headEnd + HEAD_END.length;
    const end = start + Number(LENGTH.exec(head)?.[1] ?? 0);
    if (this.received.length < end) return;
    const body = this.received.subarray(start, end);
    this.received = this.received.subarray(end);
    const { done } = this;
    this.done = this.failed = null;
    done?.({ status: Number(head.slice(9, 12)), body });
  }

  private fail(error: Error): void {
    const { failed } = this;
    this.done = this.failed = null;
    failed?.(error);
  }
}
