import { gone, outcomeOfResponse, rejected, type HttpResponse, type Outcome } from 'forgegate/sdk';

/** Words of https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, which is where the webhook itself is at fault. */
const GONE: Readonly<Record<string, string>> = {
  no_service: 'the webhook was removed or its app uninstalled',
  no_active_hooks: 'the webhook was disabled',
  no_service_id: 'config.webhook_url is not complete',
  no_team: 'config.webhook_url is not complete, or the workspace is gone',
  team_disabled: 'the workspace is no longer active',
  invalid_token: 'config.webhook_url is no longer valid',
  channel_not_found: 'the channel is gone',
  channel_is_archived: 'the channel was archived',
  action_prohibited: 'an administrator of the workspace forbids it',
  posting_to_general_channel_denied: 'only administrators may post to this channel',
};

const REJECTED = new Set([
  'invalid_payload',
  'no_text',
  'too_many_attachments',
  'msg_too_long',
  'invalid_blocks',
]);

/** Slack says `ok` when the message is in the channel; else one word, as text. */
export function outcomeOfSlack(response: HttpResponse): Outcome {
  const { status } = response;
  const word = /^[a-z_]{2,50}$/.exec(response.body.trim())?.[0] ?? '';
  if (status < 300 || status === 429 || status >= 500) return outcomeOfResponse(response);
  const code = `SLACK_${word.toUpperCase()}`;
  if (Object.hasOwn(GONE, word)) return gone(code, { status, reason: `Slack says ${word}: ${GONE[word]}` });
  if (REJECTED.has(word))
    return rejected(code, { status, reason: `Slack does not take the message: ${word}` });
  return outcomeOfResponse(response);
}
