import { QueryRunnerAlreadyReleasedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { DatabaseOutage, outageOr } from './outage.js';

const coded = (code: string) => Object.assign(new Error('told by the server or the socket'), { code });

describe('what pg throws', () => {
  it.each([
    coded('ECONNREFUSED'),
    coded('EPIPE'),
    coded('08006'),
    coded('57P01'),
    coded('57P03'),
    coded('53300'),
    new Error('Connection terminated unexpectedly'),
    new Error('Client has encountered a connection error and is not queryable'),
    new QueryRunnerAlreadyReleasedError(),
  ])('is an outage when nothing of it is about the statement (%s)', (error) => {
    const thrown = outageOr(error);
    expect(thrown).toBeInstanceOf(DatabaseOutage);
    expect(thrown).toMatchObject({ cause: error });
    expect(outageOr(thrown)).toBe(thrown);
  });

  it.each([coded('23505'), coded('57014'), new Error('syntax'), 'no error', undefined])(
    'stays as it is otherwise (%s)',
    (error) => expect(outageOr(error)).toBe(error),
  );
});
