import { request as sendRequest, type IncomingHttpHeaders } from 'node:http';
import type { TestGateway } from './gateway.js';

export interface Seen {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
}

export interface Visit {
  method?: string;
  headers?: Record<string, string>;
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
export const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
});

/** One request as it is written: no redirects, no decoding, no tidying of the path. */
export function visit(
  gateway: TestGateway,
  path: string,
  { method = 'GET', headers = {} }: Visit = {},
): Promise<Seen> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const request = sendRequest({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          text: body.toString(),
        });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

/** What anybody can tell of an answer, apart from the moment and the number of the request. */
export function told({ status, headers, text }: Seen) {
  return { status, text, headers: { ...headers, date: undefined, 'x-request-id': undefined } };
}

/** Asks, and goes as soon as the answer begins. */
export async function leaveEarly(
  gateway: TestGateway,
  path: string,
  headers: Record<string, string>,
): Promise<void> {
  const { hostname, port } = new URL(gateway.url);
  const request = sendRequest({ hostname, port, path, headers, agent: false });
  await new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    request.end();
  });
  request.destroy();
}
