import { gone, outcomeOfResponse, rejected, type HttpResponse, type Outcome } from 'forgegate/sdk';

/**
 * Words with which the webhook itself is at fault, of https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * and, with their statuses, of https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
 */
const GONE: Readonly<Record<string, string>> = {
  no_service: 'the webhook was removed or its app uninstalled',
  no_active_hooks: 'the webhook was disabled',
  no_service_id: 'config.webhook_url is not complete',
  no_team: 'config.webhook_url is not complete, or the workspace is gone',
  team_disabled: 'the workspace is no longer active',
  invalid_token: 'config.webhook_url is no longer valid',
  channel_not_found: 'the channel is gone',
  user_not_found: 'the user that the webhook writes to is gone',
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
  'invalid_blocks_format',
  'missing_text_or_fallback_or_attachments',
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
