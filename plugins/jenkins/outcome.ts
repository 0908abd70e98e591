import { gone, outcomeOfResponse, rejected, type HttpResponse, type Outcome } from 'forgegate/sdk';

/**
 * `201` says that the build stands in the queue of Jenkins. A 403 about a crumb is its answer to a password: API tokens need
 * none (https://www.jenkins.io/changelog-old/#v2.96). 409 is a job that is disabled for now.
 */
export function outcomeOfJenkins(response: HttpResponse): Outcome {
  const { status } = response;
  switch (status) {
    case 400:
      return rejected('JENKINS_NOT_PARAMETERIZED', {
        status,
        reason:
          'the job takes no such build: it must have the parameters of config.parameters, or none of both',
      });
    case 401:
    case 403:
      if (/No valid crumb/i.test(response.body))
        return gone('JENKINS_CRUMB', {
          status,
          reason: 'Jenkins asks for a crumb: config.api_token is no API token, or Jenkins is older than 2.96',
        });
      return gone(`JENKINS_${status}`, {
        status,
        reason: 'Jenkins refuses config.username and config.api_token; the user needs Job/Read and Job/Build',
      });
    case 404:
      return rejected('JENKINS_NO_JOB', {
        status,
        reason: 'Jenkins has no job config.job, or config.username may not see it',
      });
    case 405:
      return rejected('JENKINS_NOT_BUILDABLE', {
        status,
        reason: 'config.job is a folder and cannot be built',
      });
    default:
      return outcomeOfResponse(response);
  }
}
