export { createTestDatabase, type TestDatabase } from '../../src/plugin-testing/test-database.js';
