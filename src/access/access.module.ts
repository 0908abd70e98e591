import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Authenticator } from '../rpc/authenticator.js';
import { CallableMethods } from '../rpc/callable-methods.js';
import { Idempotency } from '../rpc/idempotency.js';
import { AccessGuard } from './access.guard.js';
import { Access } from './access.service.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';
import { CallableByRights } from './callable-by-rights.js';
import { FirstAdministrator } from './first-administrator.js';
import { HttpAuthenticator } from './http-authenticator.js';
import { KeyUsage } from './key-usage.js';
import { ObjectDirectory } from './object-directory.js';
import { PasswordAuthenticator } from './password-authenticator.js';
import { Rights } from './rights.js';
import { StoredAnswers } from './stored-answers.js';

@Global()
@Module({
  providers: [
    Access,
    FirstAdministrator,
    HttpAuthenticator,
    KeyUsage,
    ObjectDirectory,
    PasswordAuthenticator,
    Rights,
    { provide: Authenticator, useClass: ApiKeyAuthenticator },
    { provide: CallableMethods, useClass: CallableByRights },
    { provide: Idempotency, useClass: StoredAnswers },
    AccessGuard,
    { provide: APP_GUARD, useExisting: AccessGuard },
  ],
  exports: [
    Access,
    AccessGuard,
    Authenticator,
    CallableMethods,
    HttpAuthenticator,
    Idempotency,
    ObjectDirectory,
    Rights,
  ],
})
export class AccessModule {}
