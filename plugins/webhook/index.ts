import {
  definePlugin,
  delivered,
  outcomeOfFailure,
  outcomeOfResponse,
  rejected,
  type Outcome,
} from 'forgegate/sdk';
import { CONFIG, headersProblem, type WebhookConfig } from './config.js';
import { requestsOf } from './requests.js';
import { tlsProblem } from './tls.js';
import { checkTemplate, TemplateError, urlProblem } from './templates.js';

const TOLD = 'in this format the merge of a pull request is told once, as pull_request.merged';

/** Signed HTTP deliveries by Standard Webhooks 1.0.0, on request with headers and bodies of other forges. */
export default definePlugin({
  setup(ctx) {
    const userAgent = `Forgegate/${ctx.gatewayVersion}`;

    ctx.adapter<WebhookConfig>('webhook', {
      summary: 'POSTs the event as JSON, signed by Standard Webhooks v1 or v1a',
      url: 'required',
      signed: true,
      config: CONFIG,
      check({ url, config }) {
        const problem = urlProblem(url, config.payload_format === 'rhodecode');
        if (problem !== null) return problem;
        try {
          checkTemplate('url', url);
          if (config.body_template !== undefined) checkTemplate('body_template', config.body_template);
        } catch (error) {
          return (error as Error).message;
        }
        return headersProblem(config.headers ?? {}) ?? tlsProblem(url, config);
      },
      async deliver(context) {
        try {
          let outcome: Outcome | null = null;
          // What a format splits into several requests is delivered when all of them are
          for (const { url, request } of requestsOf(context, userAgent)) {
            outcome = outcomeOfResponse(await context.http.request(url, request));
            if (outcome.outcome !== 'delivered') return outcome;
          }
          return outcome ?? delivered('NOTHING_TO_SEND', { reason: TOLD });
        } catch (error) {
          if (error instanceof TemplateError) return rejected('TEMPLATE_FAILED', { reason: error.message });
          return outcomeOfFailure(error);
        }
      },
    });
  },
});
