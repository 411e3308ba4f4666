/** SQLSTATE classes of errors that lie in the data: trying the same again ends the same. (Appendix A of the manual of PostgreSQL.) */
const dataClasses = ['21', '22', '23', 'P0'];

/** Whether Postgres refused the data itself, rather than the moment (a lost connection, a deadlock, a full disk, a time-out). */
export function isDataError(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.length === 5 &&
    dataClasses.includes(error.code.slice(0, 2))
  );
}
