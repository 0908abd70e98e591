import { gone, outcomeOfResponse, rejected, type HttpResponse, type Outcome } from 'forgegate/sdk';

/**
 * Codes of Power Automate in `error.code` of its answers. No page of Microsoft lists them; those of 401 are what flows answer
 * whose setting "Who can trigger the flow?" is not "Anyone", or whose address lacks `sig`.
 */
const GONE: Readonly<Record<string, string>> = {
  WorkflowNotFound: 'the workflow was deleted',
  WorkflowTriggerNotFound: 'the workflow has no such trigger any more',
  DirectApiAuthorizationRequired:
    'config.webhook_url lacks its signature (`sig`), or the workflow is not to be triggered by anyone',
  MisMatchingOAuthClaims: 'the workflow takes requests of its organisation only; let anyone trigger it',
  DirectApiInvalidAuthorizationScheme: 'config.webhook_url lacks its signature (`sig`)',
  AuthorizationFailed: 'config.webhook_url is no longer valid',
  InvalidAuthenticationToken: 'the workflow takes requests of its organisation only; let anyone trigger it',
};
const REJECTED = new Set(['TriggerInputSchemaMismatch', 'InvalidRequestContent', 'RequestEntityTooLarge']);

/** 202 is the workflow's word that it took the card. A workflow that is switched off (400) may be switched on again. */
export function outcomeOfTeams(response: HttpResponse): Outcome {
  const { status } = response;
  if (status < 300 || status === 429 || status >= 500) return outcomeOfResponse(response);
  const name = /"code"\s*:\s*"([A-Za-z]{3,60})"/.exec(response.body)?.[1] ?? '';
  const code = `TEAMS_${name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`;
  if (Object.hasOwn(GONE, name)) return gone(code, { status, reason: `Teams says ${name}: ${GONE[name]}` });
  if (REJECTED.has(name) || status === 413)
    return rejected(name === '' ? `HTTP_${status}` : code, {
      status,
      reason: `the workflow does not take this card (${name || status}); it must have the trigger "When a Teams webhook request is received"`,
    });
  return outcomeOfResponse(response);
}
