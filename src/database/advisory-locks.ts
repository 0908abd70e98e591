/** Keys of PostgreSQL's advisory locks, in one place: who takes the key of another waits for what does not concern him. */
export const ADVISORY_LOCK = {
  firstAdministrator: 7_261_904,
  migrations: 7_261_905,
  partitions: 7_261_906,
  relay: 7_261_907,
  nameTree: 7_261_908,
  emailAddress: 7_261_930,
  administrators: 7_261_931,
} as const;
