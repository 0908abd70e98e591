import { Agent, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import type { Reply } from './connection.js';
import type { Line } from './open-loop.js';

/** A connection to any HTTP server; dearer than {@link Connection}, which reads only what ours answer. */
export class HttpLine implements Line {
  private readonly agent: Agent;

  constructor(
    private readonly url: URL,
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    const options = { keepAlive: true, maxSockets: 1 };
    this.agent = url.protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
  }

  send(body: Buffer, done: (reply: Reply) => void, failed: (error: Error) => void): void {
    const send = this.url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = { ...this.headers, 'content-length': body.length };
    const request = send(this.url, { method: 'POST', agent: this.agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.on('error', failed);
    });
    request.on('error', failed);
    request.end(body);
  }

  close(): void {
    this.agent.destroy();
  }
}
