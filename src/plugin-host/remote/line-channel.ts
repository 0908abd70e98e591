import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { JsonObject } from '../../sdk/index.js';
import type { Channel } from './peer.js';

/** Longest line that is taken, in characters. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** One JSON message a line, over the pipes of a child. */
export class LineChannel implements Channel {
  private listener: (message: unknown) => void = () => undefined;
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  /** @param broken called when the other side does not keep to lines of JSON */
  constructor(
    input: Readable,
    private readonly output: Writable,
    private readonly broken: (reason: string) => void,
  ) {
    input.on('data', (chunk: Buffer) => this.push(chunk));
    input.on('error', () => undefined);
    output.on('error', () => undefined);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.listener = listener;
  }

  send(message: JsonObject): void {
    if (this.output.writable) this.output.write(`${JSON.stringify(message)}\n`);
  }

  private push(chunk: Buffer): void {
    const lines = (this.rest + this.decoder.write(chunk)).split('\n');
    this.rest = lines.pop() ?? '';
    if (this.rest.length > LONGEST_LINE) return this.broken('a message is too long');
    for (const line of lines) if (line.trim() !== '') this.take(line);
  }

  private take(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return this.broken('standard output is for messages only, one JSON object a line');
    }
    this.listener(message);
  }
}
