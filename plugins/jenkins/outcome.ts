import { gone, outcomeOfResponse, rejected, type HttpResponse, type Outcome } from 'forgegate/sdk';

/** `201` says that the build stands in the queue of Jenkins. */
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
