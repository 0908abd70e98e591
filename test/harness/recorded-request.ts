import { request } from 'node:http';

/** A request as a client puts it on the wire. */
export interface RecordedRequest {
  readonly path?: string;
  readonly method?: string;
  /** No others are sent but `host` and the length. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** In chunks, without a length. */
  readonly isChunked?: boolean;
}

export interface Reply<Result = unknown> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: { id: unknown; result: Result; error: string | null };
}

export function send<Result>(url: string, recorded: RecordedRequest): Promise<Reply<Result>> {
  const { path = '/_admin/api', method = 'POST', headers = {}, body, isChunked = false } = recorded;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return new Promise((resolve, reject) => {
    const length = isChunked ? {} : { 'content-length': String(bytes.length) };
    const outgoing = request(url + path, { method, headers: { ...headers, ...length } }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const json = JSON.parse(text) as Reply<Result>['json'];
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json });
      });
    });
    outgoing.on('error', reject);
    const half = bytes.length >> 1;
    if (isChunked) outgoing.write(bytes.subarray(0, half));
    outgoing.end(isChunked ? bytes.subarray(half) : bytes);
  });
}
