import { definePlugin, delivered, outcomeOf, rejected, type Outcome } from 'forgegate/sdk';
import { buildsOf, unsafeVariable } from './builds.js';
import { buildRequest, jobProblem, type Settings } from './job.js';
import { outcomeOfJenkins } from './outcome.js';

export default definePlugin({
  setup(ctx) {
    ctx.adapter<Settings>('jenkins', {
      summary: 'Starts builds of a job of Jenkins, with parameters from the event',
      url: 'required',
      signed: false,
      config: {
        type: 'object',
        additionalProperties: false,
        required: ['username', 'api_token', 'job'],
        properties: {
          username: {
            type: 'string',
            minLength: 1,
            maxLength: 255,
            pattern: '^[^:\\x00-\\x1f]+$',
            description: 'a user name, without a colon',
          },
          api_token: { type: 'string', minLength: 1, maxLength: 255, 'x-secret': true },
          job: { type: 'string', minLength: 1, maxLength: 500 },
          parameters: {
            type: 'object',
            maxProperties: 50,
            propertyNames: {
              pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,99}$',
              description: 'names of parameters: letters, digits and _ . -',
            },
            additionalProperties: { type: 'string', maxLength: 1000 },
            default: {},
          },
        },
      },
      limits: { maxInFlight: 2 },
      check: ({ config }) => jobProblem(config),
      async deliver({ event, endpoint, http }) {
        let outcome: Outcome | null = null;
        for (const variables of buildsOf(event)) {
          const unsafe = unsafeVariable(variables);
          if (unsafe !== null)
            return rejected('UNSAFE_NAME', {
              reason: `${unsafe} has signs that a shell would read; it is not handed to jobs`,
            });
          const { url, request } = buildRequest(endpoint.url, endpoint.config, variables);
          outcome = await outcomeOf(http.request(url, request), outcomeOfJenkins);
          if (outcome.outcome !== 'delivered') return outcome;
        }
        return outcome ?? delivered('NOTHING_TO_BUILD', { reason: 'the push deleted refs only' });
      },
    });
  },
});
