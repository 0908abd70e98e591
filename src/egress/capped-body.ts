import type { Readable } from 'node:stream';

export interface CappedBody {
  readonly text: string;
  readonly truncated: boolean;
}

/**
 * Reads at most `maxBytes` and for at most `maxMs`, then drops the rest with its connection: an answer that never ends
 * must cost nothing. A body that breaks off is what came of it; the status line has already said what matters.
 */
export async function readCapped(body: Readable, maxBytes: number, maxMs: number): Promise<CappedBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  const timer = setTimeout(() => body.destroy(), maxMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
    truncated = size > maxBytes;
  } catch {
    truncated = true;
  } finally {
    clearTimeout(timer);
    if (!body.readableEnded) body.on('error', () => undefined).destroy();
  }
  return { text: Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'), truncated };
}
