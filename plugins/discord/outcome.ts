import { gone, outcomeOfResponse, rejected, retry, type HttpResponse, type Outcome } from 'forgegate/sdk';

/** Codes of https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const GONE: Readonly<Record<number, string>> = {
  10_003: 'the channel is gone',
  10_015: 'the webhook was deleted',
  50_027: 'config.webhook_url is not valid: its token is wrong',
};
const REJECTED: Readonly<Record<number, string>> = {
  40_005: 'the message is too large',
  50_006: 'the message is empty',
  50_035: 'the message or config.thread_id is not as it wants them',
  50_083: 'the thread of config.thread_id is archived',
  220_001: 'the channel is a forum; set config.thread_id',
  220_003: 'the channel is no forum; leave config.thread_id out',
};

interface Answer {
  readonly code?: unknown;
  readonly retry_after?: unknown;
}

/**
 * With `wait=true` a 200 brings the message that is now in the channel. `retry_after` is in seconds with a fraction:
 * https://docs.discord.com/developers/topics/rate-limits
 */
export function outcomeOfDiscord(response: HttpResponse): Outcome {
  const { status } = response;
  if (status < 300 || status >= 500) return outcomeOfResponse(response);
  const { code: number, retry_after } = answerOf(response.body);
  if (status === 429) {
    const wait =
      typeof retry_after === 'number' && retry_after > 0 ? Math.ceil(retry_after * 1000) : undefined;
    if (wait === undefined) return outcomeOfResponse(response);
    return retry('HTTP_429', { status, reason: 'Discord asks for a pause', retryAfterMs: wait });
  }
  if (typeof number !== 'number') return outcomeOfResponse(response);
  const code = `DISCORD_${number}`;
  const forGood = GONE[number];
  if (forGood) return gone(code, { status, reason: `Discord says: ${forGood}` });
  const never = REJECTED[number];
  if (never) return rejected(code, { status, reason: `Discord says: ${never}` });
  return outcomeOfResponse(response);
}

function answerOf(body: string): Answer {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}
