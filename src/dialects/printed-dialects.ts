import { Injectable } from '@nestjs/common';
import type { Dialect } from '../config/settings.js';
import { Dialects, type Manner } from '../rpc/dialects.js';
import { kallithea2014, kallithea2016, kallithea2019 } from './kallithea/index.js';
import { PrintedFacts } from './printed-facts.js';
import { printed, type PrintedMethods } from './printed-method.js';
import { rhodecode13 } from './rhodecode-1.3/index.js';
import { commentCommit, rhodecode4 } from './rhodecode-4/index.js';

const TABLES: Partial<Record<Dialect, PrintedMethods>> = {
  'rhodecode-1.3': rhodecode13,
  'kallithea-2014': kallithea2014,
  'kallithea-2016': kallithea2016,
  'kallithea-2019': kallithea2019,
  'rhodecode-4': rhodecode4,
};

/** By the name that was asked for: methods that one vocabulary alone has answer as there, whatever the dialect. */
const OF_ONE_VOCABULARY: PrintedMethods = {
  add_user_to_repo: printed(() => null),
  add_users_group_to_repo: printed(() => null),
  comment_commit: commentCommit,
};

/** The printed documents, method by method. */
@Injectable()
export class PrintedDialects extends Dialects {
  private readonly ofOneVocabulary: ReadonlyMap<string, Manner>;
  private readonly manners: ReadonlyMap<Dialect, ReadonlyMap<string, Manner>>;

  constructor(facts: PrintedFacts) {
    super();
    this.ofOneVocabulary = bound(OF_ONE_VOCABULARY, facts);
    this.manners = new Map(
      Object.entries(TABLES).map(([dialect, methods]) => [dialect as Dialect, bound(methods, facts)]),
    );
  }

  mannerOf(dialect: Dialect, asked: string, method: string): Manner | undefined {
    return this.ofOneVocabulary.get(asked) ?? this.manners.get(dialect)?.get(method);
  }
}

function bound(methods: PrintedMethods, facts: PrintedFacts): ReadonlyMap<string, Manner> {
  return new Map(
    Object.entries(methods).map(([name, { answers, ...rest }]) => [
      name,
      {
        ...rest,
        ...(answers && {
          answers: (result, call, args) =>
            answers(result, { call, args: args as Readonly<Record<string, unknown>>, facts }),
        }),
      } satisfies Manner,
    ]),
  );
}
